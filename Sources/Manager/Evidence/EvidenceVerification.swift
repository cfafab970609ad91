public import Foundation
import PKI
public import X509

/// What evidence proves.
public struct EvidenceVerdict: Sendable, Equatable, Codable {
  /// What the device itself signed: `report`, that it holds certificate and key, or only its `request`, which says that it asked
  /// with a key of its own.
  public var proof: String
  /// The device, as it calls itself in its report or its request.
  public var device: String
  /// The certificate's serial number, in lower-case hexadecimal.
  public var serial: String
  /// The certificate's subject.
  public var subject: String
  /// Begin of the certificate's life.
  public var notBefore: Date
  /// Its end.
  public var notAfter: Date
  /// The registration authority that ordered it.
  public var orderedBy: String
  /// When the registration authority says it signed the order.
  public var orderedAt: Date
}

extension EvidenceBundle {
  /// Checks that every part is genuine and that they belong together: the device made the key and asked for a certificate; a registration
  /// authority of the CA signed over that request, byte for byte; the CA certified that key; the device holds certificate and key.
  ///
  /// Needs no manager and no network. The certificate is judged as of its first moment, the registration authority's as of the order's:
  /// evidence does not age.
  ///
  /// - Parameter anchors: the CA's, from a source that one trusts.
  /// - Throws: ``EvidenceFault``.
  public func verify(anchors: [Certificate]) async throws(EvidenceFault) -> EvidenceVerdict {
    let (leaf, issuers) = try certificates()
    do {
      _ = try await CertificatePath(anchors: anchors, purpose: nil).validate(
        leaf, intermediates: issuers, now: leaf.notValidBefore)
    } catch {
      throw .certificateNotTrusted
    }
    guard let asked = try? CertificationRequest(Array(request), overriding: Set(OverriddenExtension.allCases)) else {
      throw .requestWrong
    }
    guard leaf.publicKey == Certificate.PublicKey(asked.publicKey) else { throw .keyNotRequested }
    let (signer, orderedAt) = try await orderer(anchors)
    func verdict(_ device: String, by proof: String) -> EvidenceVerdict {
      EvidenceVerdict(
        proof: proof, device: device, serial: leaf.serialNumber.hexadecimal, subject: leaf.subject.description,
        notBefore: leaf.notValidBefore, notAfter: leaf.notValidAfter, orderedBy: signer.subject.description,
        orderedAt: orderedAt)
    }
    if report.isEmpty { return verdict(asked.subject.serialNumber ?? asked.subject.name.description, by: "request") }
    let installed: DeviceReport
    do {
      installed = try DeviceReport(Array(report))
    } catch {
      throw .reportUnreadable
    }
    do {
      try installed.verify(with: leaf)
    } catch {
      throw .reportWrong
    }
    return verdict(installed.id.text, by: "report")
  }

  private func certificates() throws(EvidenceFault) -> (leaf: Certificate, issuers: [Certificate]) {
    guard let leaf = Certificate.certificates(pem: certificate), leaf.count == 1,
      let issuers = chain.isEmpty ? [] : Certificate.certificates(pem: chain)
    else { throw .certificateUnreadable }
    return (leaf[0], issuers)
  }

  /// Who signed over the device's request, and when.
  private func orderer(_ anchors: [Certificate]) async throws(EvidenceFault) -> (Certificate, Date) {
    let message: UnverifiedCMCRequest
    do {
      message = try UnverifiedCMCRequest(Array(order))
    } catch {
      throw .orderUnreadable
    }
    let carried = message.carriedCertificates
    guard let signer = carried.first(where: { (try? SignerIdentifier($0)) == message.signer }) else {
      throw .orderNotSigned
    }
    let issuers = carried.filter { $0 != signer }
    let ordered: CMCRequest
    do {
      ordered = try message.verified(by: signer, issuers: issuers, now: message.signingTime, tolerance: 0)
    } catch {
      switch error {
      case .signerNotAuthorised: throw .ordererNotTrusted
      case .controlsNotAllowed: throw .orderUnreadable
      default: throw .orderNotSigned
      }
    }
    do {
      _ = try await CertificatePath(
        anchors: anchors, purpose: CertificateProfile.registrationAuthority.usages.first
      ).validate(signer, intermediates: issuers, now: message.signingTime)
    } catch {
      throw .ordererNotTrusted
    }
    guard ordered.certificationRequest == Array(request) else { throw .requestNotOrdered }
    return (signer, message.signingTime)
  }
}
