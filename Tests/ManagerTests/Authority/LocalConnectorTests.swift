import Foundation
import PKI
import TestKit
import Testing
import X509

@testable import Manager

@Suite("The connector to the manager's own sub-CA")
struct LocalConnectorTests {
  private let now = Date(timeIntervalSince1970: 1_800_000_000)
  private let anchorKey = SigningKey()
  private let anchor: Certificate
  private let key = SigningKey()
  private let clock: FixedClock

  private struct FixedClock: ManagerClock {
    var now: Date
    // Nothing here waits; the protocol asks for it.
    func sleep(for duration: Duration) async throws {}
  }

  init() throws {
    anchor = try AuthorityCertificate.anchor(
      name: Subject(commonName: "TEST root").name, key: anchorKey, notBefore: now - 86_400,
      lifetime: 3650 * 86_400)
    clock = FixedClock(now: now)
  }

  private func delegated(
    _ domain: String = "plant.test", days: Double = 365, to key: SigningKey? = nil, by anchorKey: SigningKey? = nil
  ) throws -> Certificate {
    try AuthorityCertificate.delegated(
      name: Subject(commonName: "TEST sub-CA").name, publicKey: (key ?? self.key).publicKey, domain: domain,
      anchor: anchor, anchorKey: anchorKey ?? self.anchorKey, notBefore: now - 3600, lifetime: days * 86_400,
      pointers: nil, serialNumber: .random())
  }

  private func authority(
    _ certificates: Certificate..., key: SigningKey? = nil, nameSuffix: String? = "plant.test", now: Date? = nil
  ) throws -> SubAuthority {
    let scratch = try Scratch()
    let file = try scratch.write("sub-ca.pem", certificates.map { try $0.pem }.joined().utf8)
    return try SubAuthority(
      key: key ?? self.key, file: file, anchors: [anchor], nameSuffix: nameSuffix, now: now ?? self.now)
  }

  private func connector(_ others: any CertificateAuthority, at time: Date? = nil) throws -> LocalConnector {
    LocalConnector(
      authority: try authority(delegated()), others: others, clock: time.map { FixedClock(now: $0) } ?? clock)
  }

  private func order(name: String? = "d1.plant.test", profile: String = "device") throws -> Order {
    let request = try CertificationRequest(
      subject: Subject(organization: "plant", serialNumber: "D1", commonName: "D1"), dnsNames: name.map { [$0] } ?? [],
      key: SigningKey())
    return Order(
      id: .fresh(), holder: .device(try DeviceID("D1")), profile: profile, key: KeyDigest(sha256: request.keyDigest),
      request: request.derBytes, createdAt: now)
  }

  private func result(_ answer: AuthorityAnswer) -> IssuedCertificate? {
    if case .issued(let issued) = answer { issued } else { nil }
  }

  @Test("A device's certificate has the order's serial number, and a path that OpenSSL takes with the anchor alone")
  func issues() async throws {
    let connector = try connector(TestAuthority(now: now))
    let order = try order()
    let answer = await connector.send(try await connector.prepare(order))
    let issued = try #require(result(answer), "\(answer)")
    #expect(issued.certificate.serialNumber.hexadecimal == order.id.text)
    #expect(try CertificateRecord(issued, for: order, state: .issued, now: now).chain.count == 1)
    let scratch = try Scratch()
    _ = try Tool.run(
      "openssl",
      [
        "verify", "-x509_strict", "-purpose", "sslclient", "-attime", "\(Int(now.timeIntervalSince1970))", "-CAfile",
        try scratch.write("anchor.pem", anchor.pem.utf8), "-untrusted",
        try scratch.write("sub.pem", issued.issuers[0].pem.utf8),
        try scratch.write("leaf.pem", issued.certificate.pem.utf8),
      ])
  }

  @Test("The same order comes to the same TBSCertificate whenever it is tried, and another order to another")
  func sameOrder() async throws {
    let (early, authority) = (try order(), try authority(delegated()))
    func tbs(_ order: Order, after seconds: TimeInterval) async throws -> ([UInt8], [UInt8]?) {
      let connector = LocalConnector(
        authority: authority, others: try TestAuthority(now: now), clock: FixedClock(now: now + seconds))
      let prepared = try await connector.prepare(order)
      return (
        prepared.message,
        result(await connector.send(prepared)).map { Array($0.certificate.tbsCertificateBytes) }
      )
    }
    let first = try await tbs(early, after: 0)
    let second = try await tbs(early, after: 86_400)
    #expect(first == second && first.0 == first.1)
    var later = early
    later.id = .fresh()
    #expect(try await tbs(later, after: 0).0 != first.0)
  }

  @Test("What is on record is what is signed: another message is not answered with a certificate")
  func recorded() async throws {
    let connector = try connector(TestAuthority(now: now))
    let prepared = try await connector.prepare(order())
    let other = PreparedOrder(order: prepared.order, message: prepared.message.dropLast() + [0])
    guard case .later = await connector.send(other) else {
      Issue.record("it was signed")
      return
    }
  }

  @Test("A name outside the domain, none, a sub-CA that has ended and an order of long ago have their own answers")
  func refuses() async throws {
    for name in ["d1.other.test", nil] {
      let connector = try connector(TestAuthority(now: now))
      let answer = await connector.send(try await connector.prepare(order(name: name)))
      guard case .refused(let why) = answer else {
        Issue.record("\(answer)")
        continue
      }
      #expect(why.hasPrefix("lint-failed: a name is outside"))
    }
    let ended = try connector(TestAuthority(now: now), at: now + 366 * 86_400)
    guard case .later(_, let why) = await ended.send(try await ended.prepare(order())) else {
      Issue.record("it was signed by a CA that has ended")
      return
    }
    #expect(why.contains("has ended"))
    let old = LocalConnector(
      authority: try authority(delegated(days: 3000)), others: try TestAuthority(now: now),
      clock: FixedClock(now: now + 400 * 86_400))
    guard case .refused(let late) = await old.send(try await old.prepare(order())) else {
      Issue.record("it was certified for the past")
      return
    }
    #expect(late.hasPrefix("order-too-old"))
  }

  @Test("What is not a device's goes to the CA")
  func others() async throws {
    let ca = try TestAuthority(now: now)
    let connector = try connector(ca)
    let answer = await connector.send(try await connector.prepare(order(profile: "gateway")))
    #expect(result(answer)?.certificate.issuer == ca.anchor.subject)
    #expect(ca.issuedCount == 1)
  }

  @Test("A certificate that cannot be this manager's sub-CA is refused with its reason, before anything is signed")
  func fits() throws {
    func refusal(_ make: () throws -> SubAuthority) -> String {
      do {
        _ = try make()
        return "taken"
      } catch {
        return "\(error)"
      }
    }
    #expect(refusal { try authority(delegated()) } == "taken")
    #expect(refusal { try authority(delegated(), nameSuffix: "hall.plant.test") } == "taken")
    #expect(refusal { try authority(delegated(), key: SigningKey()) }.contains("another key"))
    #expect(refusal { try authority(delegated(by: SigningKey())) }.contains("anchor did not sign"))
    #expect(refusal { try authority(delegated(), now: now + 366 * 86_400) }.contains("has ended"))
    #expect(refusal { try authority(delegated("hall.plant.test")) }.contains("hall.plant.test"))
    #expect(refusal { try authority(delegated(), nameSuffix: nil) }.contains("no name there"))
    #expect(refusal { try authority(delegated(), anchor) }.contains("one certificate"))
    #expect(refusal { try authority(anchor, key: anchorKey) } == "taken")
    let leaf = CertificateTemplate(
      profile: .gateway, request: try CertificationRequest(subject: Subject(commonName: "g"), key: key),
      serialNumber: .random(), notBefore: now - 60, issuer: anchor, pointers: nil)
    #expect(refusal { try authority(leaf.certificate(signedBy: anchorKey)) }.contains("no CA's"))
  }
}
