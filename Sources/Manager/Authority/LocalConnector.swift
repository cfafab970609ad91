import Foundation
import PKI
import X509

/// The connector to the manager's own sub-CA: it certifies the devices without asking anybody, so that the CA does not carry the
/// load of every network's devices. What is not a device's goes to the CA as before.
///
/// An order has one TBSCertificate for all time: its serial number is the order's own id, which the store holds unique, and its
/// beginning is the order's. So an order that is tried again after a crash comes to the same certificate. The order is on
/// disk before it is prepared, what is to be signed before it is signed, and the certificate before it leaves.
struct LocalConnector: CertificateAuthority {
  let authority: SubAuthority
  /// Who certifies gateways and the manager itself.
  let others: any CertificateAuthority
  let clock: any ManagerClock
  /// Signs what is only to be looked at. Made at start and never stored.
  private let throwAwayKey = SigningKey()

  init(authority: SubAuthority, others: any CertificateAuthority, clock: any ManagerClock) {
    self.authority = authority
    self.others = others
    self.clock = clock
  }

  private static let profile: CertificateProfile = {
    var profile = CertificateProfile.device
    // There is no CRL and no OCSP of the sub-CA's to point to: whitelists say what is withdrawn.
    profile.pointers = []
    // What a request may have to no effect, the enrolment profile decided.
    profile.overridden = Set(OverriddenExtension.allCases)
    return profile
  }()

  func prepare(_ order: Order) async throws -> PreparedOrder {
    guard isOwn(order) else { return try await others.prepare(order) }
    return PreparedOrder(order: order, message: Array(try draft(order).certificate.tbsCertificateBytes))
  }

  func send(_ prepared: PreparedOrder) async -> AuthorityAnswer {
    guard isOwn(prepared.order) else { return await others.send(prepared) }
    do {
      let (template, draft) = try draft(prepared.order)
      guard prepared.message.elementsEqual(draft.tbsCertificateBytes) else {
        return .later(atLeast: .zero, "The sub-CA was changed meanwhile.")
      }
      guard authority.certificate.notValidAfter > clock.now else {
        return .later(atLeast: .zero, "The manager's sub-CA has ended: have the CA delegate another one.")
      }
      guard template.notAfter > clock.now else { return .refused("order-too-old: What was ordered has ended by now.") }
      let findings = try CertificateLint.findings(draft, profile: Self.profile, issuer: authority.certificate)
      guard findings.isEmpty else { return .refused("lint-failed: \(findings.joined(separator: "; "))") }
      let key = authority.key
      let certificate = try await key.signing { try template.certificate(signedBy: key) }
      guard certificate.tbsCertificateBytes == draft.tbsCertificateBytes else {
        return .refused("certificate-differs: What was signed is not what was checked.")
      }
      return .issued(IssuedCertificate(certificate: certificate, issuers: [authority.certificate]))
    } catch let refusal as CertificationRequestRefusal {
      return .refused("\(refusal.rawValue): \(refusal.sentence)")
    } catch let refusal as ProfileRefusal {
      return .refused("\(refusal.rawValue): \(refusal.sentence)")
    } catch {
      // A token that is gone comes back, and a PIN is mended; the order waits.
      return .later(atLeast: .zero, (error as? PKIError)?.reason ?? "The sub-CA cannot sign: \(error).")
    }
  }

  private func isOwn(_ order: Order) -> Bool { order.profile == Self.profile.name }

  /// What the order comes to, made with a throw-away key to be looked at.
  private func draft(_ order: Order) throws -> (template: CertificateTemplate, certificate: Certificate) {
    guard let serial = order.id.transaction?.bytes else {
      throw ManagerError(.database, "The order \(order.id) has no transaction identifier.")
    }
    let request = try CertificationRequest(order.request, overriding: Self.profile.overridden)
    try Self.profile.check(request)
    // Clocks differ; and nothing begins before its issuer.
    let start = max(order.createdAt - 300, authority.certificate.notValidBefore)
    let template = CertificateTemplate(
      profile: Self.profile, request: request, serialNumber: .init(bytes: serial), notBefore: start,
      issuer: authority.certificate, pointers: nil)
    return (template, try template.certificate(signedBy: throwAwayKey))
  }
}
