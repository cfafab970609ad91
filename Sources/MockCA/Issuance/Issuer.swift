import Foundation
import PKI
import X509

/// Brings an order to its certificate, in an order of steps that a crash between any two of them cannot harm.
///
/// The serial number is on record before anything has it. The certificate is first made with a throw-away key and checked; what was
/// checked is recorded; only then the CA's key signs, and it signs those bytes. If recording the result fails, the
/// serial number is still known and revocable, and the same order, asked for again, comes to the same TBSCertificate.
/// (Let's Encrypt's Boulder does it in this order.)
struct Issuer: Sendable {
  let authority: Authority
  let store: Store
  /// Told why a key did not sign: for the CA's owner, since it names files and tokens.
  let onKeyFailure: @Sendable (PKIError) -> Void
  /// Signs what is only to be looked at. Made at start and never stored.
  private let throwAwayKey = SigningKey()

  init(
    authority: Authority, store: Store, onKeyFailure: @escaping @Sendable (PKIError) -> Void = { _ in }
  ) {
    self.authority = authority
    self.store = store
    self.onKeyFailure = onKeyFailure
  }

  /// The certificate of an order whose serial number is recorded.
  ///
  /// - Returns: the certificate on record.
  /// - Throws: ``Refusal``: `lintFailed`, `certificateDiffers`, `issuerGone`, `keyUnavailable`, `storeFailed`.
  func complete(
    _ order: Order, request: CertificationRequest, profile: CertificateProfile, context: AuditContext, now: Date
  ) async throws(Refusal) -> Certificate {
    do {
      if let known = order.certificate { return try Certificate(der: known) }
      // Nor is one that has ended: nothing that it signs would be valid.
      guard let issuer = authority.issuer(order.issuer), issuer.certificate.notValidAfter > now else {
        throw Refusal.issuerGone
      }
      let template = CertificateTemplate(
        profile: profile, request: request, serialNumber: .init(bytes: order.serial), notBefore: order.notBefore,
        issuer: issuer.certificate, pointers: issuer.pointers)
      let checked = try await check(template, by: issuer, order: order)
      let certificate = try await sign(checked, by: issuer)
      let recorded = try await store.setCertificate(
        certificate, of: order, notAfter: template.notAfter, context: context, now: now)
      return try Certificate(der: recorded)
    } catch let refusal as Refusal {
      throw refusal
    } catch {
      throw .storeFailed
    }
  }

  private func sign(_ tbs: [UInt8], by issuer: IssuingAuthority) async throws -> [UInt8] {
    do {
      return try await issuer.key.signing { try Certificate.sign(tbs, with: issuer.key) }
    } catch let error as PKIError {
      throw refusal(error)
    }
  }

  /// What a failing key comes to: whoever asked asks again later, and the owner hears why.
  func refusal(_ error: PKIError) -> Refusal {
    onKeyFailure(error)
    return .keyUnavailable
  }

  /// Makes the certificate with the throw-away key, checks it, and records what was checked.
  private func check(
    _ template: CertificateTemplate, by issuer: IssuingAuthority, order: Order
  ) async throws -> [UInt8] {
    let draft = try template.certificate(signedBy: throwAwayKey)
    let tbs = Array(draft.tbsCertificateBytes)
    if let recorded = order.tbs {
      guard recorded == tbs else { throw Refusal.certificateDiffers }
      return recorded
    }
    let findings = try CertificateLint.findings(
      draft, profile: template.profile, issuer: issuer.certificate, pointers: issuer.pointers)
    guard findings.isEmpty else { throw Refusal.lintFailed }
    try await store.setTBS(tbs, serial: order.serial)
    return tbs
  }
}
