import Crypto
import Foundation
import PKI
import X509

extension CertificateRecord {
  /// The record of what a CA issued for an order.
  ///
  /// - Throws: ``ManagerError`` with code `protocolViolation` when it is not what was ordered: another key, another
  ///   subject, or not valid now.
  init(_ issued: IssuedCertificate, for order: Order, state: CertificateState, now: Date) throws(ManagerError) {
    let certificate = issued.certificate
    guard let key = P256.Signing.PublicKey(certificate.publicKey), KeyDigest(sha256: key.keyDigest) == order.key else {
      throw ManagerError(.protocolViolation, "The CA issued a certificate for another key than the one ordered.")
    }
    guard let ordered = try? CertificationRequest(order.request, overriding: Set(OverriddenExtension.allCases)),
      ordered.subject.name == certificate.subject
    else {
      throw ManagerError(.protocolViolation, "The CA issued a certificate for another subject than the one ordered.")
    }
    guard certificate.notValidBefore <= now.addingTimeInterval(300), now < certificate.notValidAfter else {
      throw ManagerError(.protocolViolation, "The CA issued a certificate that is not valid now.")
    }
    do {
      let der = try certificate.der
      self.init(
        id: CertificateID(sha256: Array(SHA256.hash(data: der))), serial: certificate.serialNumber.hexadecimal,
        holder: order.holder, key: order.key, orderID: order.id, der: der, chain: try issued.issuers.map { try $0.der },
        subject: "\(certificate.subject)", issuer: "\(certificate.issuer)", notBefore: certificate.notValidBefore,
        notAfter: certificate.notValidAfter, state: state, report: nil, refusal: nil, createdAt: now)
    } catch {
      throw ManagerError(.protocolViolation, "The CA's certificate cannot be encoded: \(error).")
    }
  }
}
