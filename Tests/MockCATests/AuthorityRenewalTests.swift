import Foundation
import PKI
import Testing
import X509

@testable import MockCA

@Suite("Registration authorities renew themselves")
struct AuthorityRenewalTests {
  private func renew(
    _ ra: TestRA, key: SigningKey, at ca: TestCA, name: String = "manager"
  ) async throws -> Result<TestRA, Refusal> {
    let request = try CertificationRequest(subject: Subject(commonName: name), key: key)
    return await ca.registrar.handleFullCMC(try ra.order(request, at: ca.clock.now), profile: .registrationAuthority).1
      .map { TestRA(key: key, certificate: $0, authority: ca.authority) }
  }

  private func ask(
    _ ra: TestRA, at ca: TestCA, transaction: TransactionID = .random(), _ request: CertificationRequest
  ) async throws -> Result<Certificate, Refusal> {
    let message = CMCRequest(transaction: transaction, certificationRequest: request)
    return await ca.registrar.handleFullCMC(try ra.order(message, at: ca.clock.now), profile: .device).1
  }

  @Test("With the old key or a new one it gets a certificate that orders; the old one serves until it expires")
  func renewal() async throws {
    let ca = try TestCA()
    let first = try await ca.makeRA()
    for key in [first.key, SigningKey()] {
      let second = try await renew(first, key: key, at: ca).get()
      #expect(second.certificate.serialNumber != first.certificate.serialNumber)
      #expect(second.certificate.subject == first.certificate.subject)
      #expect(
        try second.certificate.extensions.extendedKeyUsage.map(Array.init)
          == CertificateProfile.registrationAuthority.usages)
      await #expect(throws: Never.self) { try await ask(second, at: ca, deviceRequest(serial: "SN-A")).get() }
      await #expect(throws: Never.self) { try await ask(first, at: ca, deviceRequest(serial: "SN-B")).get() }
    }
    ca.clock.advance(by: CertificateProfile.registrationAuthority.lifetime + 1)
    #expect(try await renew(first, key: SigningKey(), at: ca).failure == .authorityExpired)
  }

  @Test("An order that was open when the authority renewed is the same order afterwards")
  func openOrders() async throws {
    let ca = try TestCA()
    let first = try await ca.makeRA()
    let (transaction, request) = (TransactionID.random(), try deviceRequest())
    let certificate = try await ask(first, at: ca, transaction: transaction, request).get()
    let second = try await renew(first, key: SigningKey(), at: ca).get()
    let third = try await renew(second, key: SigningKey(), at: ca).get()
    #expect(try await ask(third, at: ca, transaction: transaction, request).get() == certificate)
    #expect(
      try await ask(third, at: ca, transaction: transaction, deviceRequest(serial: "SN-2")).failure
        == .transactionReused)
  }

  @Test("It makes no other registration authority: another subject is refused")
  func otherSubject() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    #expect(try await renew(ra, key: SigningKey(), at: ca, name: "manager 2").failure == .subjectNotOfAuthority)
  }

  @Test("A revocation of one of its certificates revokes them all: a thief cannot outlive it by renewing")
  func revocation() async throws {
    let ca = try TestCA()
    let (first, neighbour) = (try await ca.makeRA(), try await ca.makeRA())
    let thief = try await renew(first, key: SigningKey(), at: ca).get()
    let again = try await renew(thief, key: SigningKey(), at: ca).get()
    let all = [first, thief, again]
    let revoked = try await MockCA.revoke(
      serialNumber: thief.certificate.serialNumber.hexadecimal, directory: ca.directory, now: ca.clock.now)
    #expect(Set(revoked) == Set(all.map(\.certificate.serialNumber.hexadecimal)))
    for ra in all {
      #expect(try await ask(ra, at: ca, deviceRequest()).failure == .authorityRevoked)
      #expect(try await renew(ra, key: SigningKey(), at: ca).failure == .authorityRevoked)
    }
    await #expect(throws: Never.self) { try await ask(neighbour, at: ca, deviceRequest()).get() }
  }

  @Test("Over HTTPS a revoked authority gets 403 and a signed CMC answer that says so")
  func refusalOverHTTPS() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let clock = ca.clock
    try await MockCA.revoke(
      serialNumber: ra.certificate.serialNumber.hexadecimal, directory: ca.directory, now: clock.now)
    try await TestServer.run(ca.directory, now: { clock.now }) { server in
      let request = try CertificationRequest(subject: Subject(commonName: "manager"), key: ra.key)
      for (label, request) in [("ra", request), ("device", try deviceRequest())] {
        let message = CMCRequest(transaction: .random(), certificationRequest: request)
        let http = try await server.order(ra.order(message, at: clock.now), label: label)
        #expect(http.status == 403)
        guard
          case .notIssued(let status) = try await CMCAnswer(
            http.decoded, to: message, anchors: [ra.anchor], now: clock.now)
        else {
          Issue.record("a certificate was issued")
          return
        }
        #expect(status.status == .failed && status.failInfo == .badIdentity && status.reason == "authority-revoked")
      }
    }
  }
}

extension Result {
  fileprivate var failure: Failure? { if case .failure(let failure) = self { failure } else { nil } }
}
