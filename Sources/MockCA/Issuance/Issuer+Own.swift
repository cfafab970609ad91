import Foundation
import PKI
import X509

/// A key of the CA's own with its certificate: TLS server, signer of answers.
struct OwnIdentity: Sendable {
  let key: SigningKey
  let certificate: Certificate
}

extension Issuer {
  /// Makes a certificate for the CA itself. Unless one is given, its key lives in memory only: each start makes a new one.
  func makeOwn(
    _ profile: CertificateProfile, commonName: String, dnsNames: [String] = [], ipAddresses: [[UInt8]] = [],
    key: SigningKey = SigningKey(), issuer: Int? = nil, now: Date
  ) async throws -> OwnIdentity {
    let request = try CertificationRequest(
      subject: Subject(commonName: commonName), dnsNames: dnsNames, ipAddresses: ipAddresses, key: key)
    let order = IncomingOrder(
      profile: profile, issuer: issuer ?? authority.primary.number, authority: [],
      transaction: TransactionID.random().bytes, request: request)
    let reserved = try await store.takeOwn(order, serial: Array(Certificate.SerialNumber.random().bytes), now: now)
    let context = AuditContext(profile: profile.name, subject: commonName)
    return OwnIdentity(
      key: key,
      certificate: try await complete(reserved, request: request, profile: profile, context: context, now: now))
  }
}
