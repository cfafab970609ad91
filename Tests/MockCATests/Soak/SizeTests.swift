import Foundation
import GRDB
import PKI
import Testing
import X509

@testable import MockCA

/// What it costs that much is revoked. The figures go into docs/testing.md.
@Suite("100,000 revoked", .enabled(if: ProcessInfo.processInfo.environment["MUSTER_SOAK"] != nil))
struct SizeTests {
  @Test("One more revocation takes 200 ms at most at p99, the full CRL 2 s, OCSP no longer than before")
  func size() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let revoked = 100_000
    let certificate = try await ca.registrar.issue(to: ra, deviceRequest(serial: "OCSP"))
    let desk = try await ca.ocsp()
    try await desk.prepare(now: ca.clock.now)
    let before = try await ocsp(desk, certificate, ca)
    try await ca.store.log.write { database in
      for _ in 0..<revoked {
        try database.addRevocation(
          Revocation(reason: .superseded), serial: Array(Certificate.SerialNumber.random().bytes), issuer: 1,
          expires: ca.clock.now + 86_400 * 365, now: ca.clock.now)
      }
    }
    var certificates: [Certificate] = []
    for number in 0..<200 {
      certificates.append(try await ca.registrar.issue(to: ra, deviceRequest(serial: "S\(number)")))
    }
    let clock = ContinuousClock()
    var times: [Duration] = []
    for certificate in certificates {
      let message = try ra.revocation(of: certificate, at: ca.clock.now)
      times.append(
        try await clock.measure { _ = try await ca.registrar.handle(message, profile: nil).1.get() })
    }
    times.sort()
    let after = try await ocsp(desk, certificate, ca)
    let lists = ca.lists
    var bytes = 0
    let full = try await clock.measure { bytes = try await lists.full(1)?.body.readableBytes ?? 0 }
    let again = try await clock.measure { _ = try await lists.full(1) }
    print(
      """
      revocation p50 \(times[100]) p99 \(times[197]) most \(times[199]); full CRL \(bytes) bytes in \(full), again \(again); \
      OCSP p50 before \(before), after \(after)
      """)
    #expect(times[197] <= .milliseconds(200))
    #expect(full <= .seconds(2) && bytes > 4_000_000)
    // Twice: what a busy machine does to the median of 500.
    #expect(after.prepared <= before.prepared * 2 && after.signed <= before.signed * 2)
  }

  /// How long an answer takes, at the median: one that was signed beforehand, and one with a nonce.
  private func ocsp(
    _ desk: OCSPDesk, _ certificate: Certificate, _ ca: TestCA
  ) async throws -> (prepared: Duration, signed: Duration) {
    let id = try OCSPCertificateID(
      issuer: .init(ca.authority.issuing, hash: .sha1), serialNumber: Array(certificate.serialNumber.bytes))
    func median(_ nonce: [UInt8]?) async throws -> Duration {
      let question = try OCSPRequest(certificates: [id], nonce: nonce).derBytes
      var times: [Duration] = []
      for _ in 0..<500 {
        times.append(await ContinuousClock().measure { #expect(await desk.answer(question).der.count > 300) })
      }
      return times.sorted()[250]
    }
    return (try await median(nil), try await median(randomBytes(16)))
  }
}
