import Foundation
import PKI
import Synchronization
import X509

@testable import Manager

/// A CA in the same process: issues what is ordered, once per order, and does as told when told to misbehave.
final class TestAuthority: CertificateAuthority {
  let anchor: Certificate
  private let key: SigningKey
  let now: Date
  private struct State {
    var issued: [OrderID: IssuedCertificate] = [:]
    var answers: [AuthorityAnswer] = []
    var sent = 0
    var listURL: String?
  }
  private let state = Mutex(State())

  init(now: Date) throws {
    self.now = now
    let key = SigningKey()
    self.key = key
    let name = try Subject(organization: "TEST", commonName: "TEST CA").name
    anchor = try Certificate(
      version: .v3, serialNumber: .random(), publicKey: .init(key.publicKey), notValidBefore: now - 3600,
      notValidAfter: now + 86_400 * 3650, issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
      extensions: Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 1))
        Critical(KeyUsage(keyCertSign: true, cRLSign: true))
        SubjectKeyIdentifier(sha256Of: key.publicKey)
      }, issuerPrivateKey: key.certificateKey)
  }

  /// The next orders are answered so, in this order; then it issues again.
  func answer(_ answers: AuthorityAnswer...) { state.withLock { $0.answers += answers } }

  /// Where its certificates say from now on that its list is.
  func nameList(at url: String) { state.withLock { $0.listURL = url } }

  /// Its list of what it revoked.
  func list(
    _ number: Int64, _ revoked: [(serial: [UInt8], reason: RevocationReason)], at now: Date,
    for life: TimeInterval = 3600,
    key: SigningKey? = nil
  ) throws -> [UInt8] {
    let template = CRLTemplate(issuer: anchor, number: number, thisUpdate: now, nextUpdate: now + life)
    let entries = try revoked.flatMap { try CRLEntry.encode(serialNumber: $0.serial, date: now, reason: $0.reason) }
    let signature = try template.signature(over: entries, key: key ?? self.key)
    return try template.list(entries: entries, signature: signature)
  }

  /// How many certificates it made.
  var issuedCount: Int { state.withLock { $0.issued.count } }
  /// How often it was asked.
  var sentCount: Int { state.withLock { $0.sent } }

  func prepare(_ order: Order) async throws -> PreparedOrder {
    let request = CMCRequest(
      transaction: order.id.transaction!, certificationRequest: try CertificationRequest(order.request))
    return PreparedOrder(order: order, message: [0xCA] + order.request, request: request)
  }

  func send(_ prepared: PreparedOrder) async -> AuthorityAnswer {
    let scripted: AuthorityAnswer? = state.withLock { state in
      state.sent += 1
      return state.answers.isEmpty ? nil : state.answers.removeFirst()
    }
    if let scripted { return scripted }
    do {
      let issued = try issue(try CertificationRequest(prepared.order.request))
      return .issued(
        state.withLock { state in
          let known = state.issued[prepared.order.id] ?? issued
          state.issued[prepared.order.id] = known
          return known
        })
    } catch {
      return .refused("\(error)")
    }
  }

  /// A certificate for any request, outside of every order.
  func issue(_ request: CertificationRequest, profile: CertificateProfile = .device) throws -> IssuedCertificate {
    let certificate = try CertificateTemplate(
      profile: profile, request: request, serialNumber: .random(), notBefore: now - 300, issuer: anchor,
      pointers: state.withLock { $0.listURL }.map { IssuerPointers(crl: $0, issuer: nil) }
    ).certificate(signedBy: key)
    return IssuedCertificate(certificate: certificate, issuers: [])
  }
}
