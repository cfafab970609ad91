import Crypto
import Foundation
import GRDB
import PKI
import X509

/// Makes what a CA must never give out, when a fault asks for it. None of it is on record: a CA that lies keeps no book of it.
struct Impostor: Sendable {
  let authority: Authority
  let store: Store
  private let stranger: Stranger

  init(authority: Authority, store: Store, now: Date) throws {
    self.authority = authority
    self.store = store
    stranger = try Stranger(like: authority, now: now)
  }

  /// What is to be answered in the place of a certificate, and who answers.
  struct Forgery: Sendable {
    var certificate: Certificate
    /// Who signs the answer, and the issuing CA that goes with it; nil for the true ones.
    var signer: (responder: OwnIdentity, issuing: Certificate)?
  }

  /// What the first fault that forges makes of a certificate; nil when none does.
  func forge(
    _ certificate: Certificate, _ faults: [Fault.Kind], profile: CASettings.IssuedProfile, now: Date
  ) async throws -> Forgery? {
    guard faults.contains(where: { [.wrongKey, .wrongChain, .expired, .duplicateSerial].contains($0) }) else {
      return nil
    }
    let (request, taken) = try await order(of: certificate)
    let start = now - Authority.backdating
    for fault in faults {
      switch fault {
      case .wrongKey:
        let other = try CertificationRequest(
          subject: request.subject, dnsNames: request.dnsNames, ipAddresses: request.ipAddresses, key: SigningKey())
        return Forgery(certificate: try sign(other, profile, from: start))
      case .expired:
        return Forgery(certificate: try sign(request, profile, from: now - profile.profile.lifetime - 86_400))
      case .duplicateSerial:
        return Forgery(certificate: try sign(request, profile, from: start, serial: taken))
      case .wrongChain:
        return Forgery(
          certificate: try template(request, profile, issuer: stranger.issuing, from: start)
            .certificate(signedBy: stranger.issuingKey),
          signer: (stranger.responder, stranger.issuing))
      default: continue
      }
    }
    return nil
  }

  /// The request of a certificate, and the serial number of the newest other one.
  private func order(of certificate: Certificate) async throws -> (CertificationRequest, [UInt8]) {
    let serial = Array(certificate.serialNumber.bytes)
    let (order, taken) = try await store.reader.read { database in
      (
        try database.order(serial: serial),
        try Data.fetchOne(
          database,
          sql: "SELECT serial FROM certificate WHERE der IS NOT NULL AND serial <> ? ORDER BY rowid DESC LIMIT 1",
          arguments: [Data(serial)])
      )
    }
    guard let order, let taken else { throw Refusal.storeFailed }
    return (
      try CertificationRequest(order.request, overriding: Set(OverriddenExtension.allCases)), Array(taken)
    )
  }

  private func sign(
    _ request: CertificationRequest, _ profile: CASettings.IssuedProfile, from start: Date, serial: [UInt8]? = nil
  ) throws -> Certificate {
    guard let issuer = authority.issuer(profile.issuer) else { throw Refusal.issuerGone }
    return try template(request, profile, issuer: issuer.certificate, from: start, serial: serial)
      .certificate(signedBy: issuer.key)
  }

  private func template(
    _ request: CertificationRequest, _ profile: CASettings.IssuedProfile, issuer: Certificate, from start: Date,
    serial: [UInt8]? = nil
  ) -> CertificateTemplate {
    CertificateTemplate(
      profile: profile.profile, request: request, serialNumber: serial.map { .init(bytes: $0) } ?? .random(),
      notBefore: start, issuer: issuer, pointers: authority.settings.pointers(of: profile.issuer))
  }
}

/// Another CA with this one's names and keys of its own: what somebody has who took over the CA's address.
private struct Stranger: Sendable {
  let issuing: Certificate
  let issuingKey = SigningKey()
  let responder: OwnIdentity

  init(like authority: Authority, now: Date) throws {
    let anchorKey = SigningKey()
    let start = now - Authority.backdating
    let anchor = try AuthorityCertificate.anchor(
      name: authority.anchor.subject, key: anchorKey, notBefore: start, lifetime: 365 * 86_400)
    issuing = try AuthorityCertificate.issuing(
      name: authority.issuing.subject, publicKey: issuingKey.publicKey, anchor: anchor, anchorKey: anchorKey,
      notBefore: start, lifetime: 365 * 86_400)
    let key = SigningKey()
    let request = try CertificationRequest(subject: Subject(commonName: "TEST CA responder"), key: key)
    let certificate = try CertificateTemplate(
      profile: .responder, request: request, serialNumber: .random(), notBefore: start, issuer: issuing, pointers: nil
    ).certificate(signedBy: issuingKey)
    responder = OwnIdentity(key: key, certificate: certificate)
  }
}
