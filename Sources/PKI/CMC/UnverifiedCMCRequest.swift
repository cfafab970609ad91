public import Foundation
import SwiftASN1
public import X509

/// A CMC request that was read but not verified: enough to look up its signer and to address a refusal.
public struct UnverifiedCMCRequest: Sendable {
  /// Who claims to have signed it.
  public let signer: SignerIdentifier
  /// The transaction it claims to belong to.
  public let transaction: TransactionID
  /// The nonce that the answer has to return.
  public let senderNonce: [UInt8]

  /// When it claims to have been signed.
  public var signingTime: Date { signedData.signingTime }

  /// The certificates that travel with it; those that cannot be read are left out.
  public var carriedCertificates: [Certificate] {
    signedData.certificates.compactMap { try? Certificate(derEncoded: $0) }
  }

  /// What a registration authority asks for.
  public enum Content: Equatable, Sendable {
    case order(CMCRequest)
    case revocation(CMCRevocation)
  }

  private let content: Content
  private let bodyPart: UInt32
  private let signedData: SignedData

  /// Reads a message strictly: the controls transactionId and senderNonce, and one PKCS#10 or one revokeRequest, nothing else.
  ///
  /// - Parameter bytes: a ContentInfo in DER.
  /// - Throws: `messageTooLong`, `messageMalformed`, `contentTypeWrong`, `controlsNotAllowed`, `digestMismatch`.
  public init(_ bytes: [UInt8]) throws(CMCFault) {
    signedData = try SignedData(bytes)
    signer = signedData.signer
    guard signedData.isContent(OID.pkiData) else { throw .contentTypeWrong }
    do {
      (transaction, senderNonce, content, bodyPart) = try Self.read(signedData.content)
    } catch let fault as CMCFault {
      throw fault
    } catch {
      throw .messageMalformed
    }
  }

  /// Verifies the outer signature of an order; the rest is as ``verifiedContent(by:issuers:now:tolerance:)`` has it.
  ///
  /// - Throws: besides, `controlsNotAllowed` when it is no order.
  public func verified(
    by certificate: Certificate, issuers: [Certificate] = [], now: Date, tolerance: TimeInterval = 300
  ) throws(CMCFault) -> CMCRequest {
    guard
      case .order(let request) = try verifiedContent(
        by: certificate, issuers: issuers, now: now, tolerance: tolerance)
    else { throw .controlsNotAllowed }
    return request
  }

  /// Verifies the outer signature.
  ///
  /// - Parameters:
  ///   - certificate: the registration authority's certificate from the key store, looked up by ``signer``.
  ///   - issuers: the issuers of that certificate, which the message may carry too.
  ///   - now: the receiver's clock.
  ///   - tolerance: how far the signing time may be from it, in seconds.
  /// - Returns: what is asked for. The PKCS#10 of an order has not been checked.
  /// - Throws: `signerMismatch`, `signatureInvalid`, `signerNotAuthorised` when the certificate lacks id-kp-cmcRA,
  ///   `signingTimeOff`. Whether the certificate is expired or revoked is for the key store to know.
  public func verifiedContent(
    by certificate: Certificate, issuers: [Certificate] = [], now: Date, tolerance: TimeInterval = 300
  ) throws(CMCFault) -> Content {
    guard let signer = try? CMCSigner(certificate) else { throw .signerMismatch }
    return try verifiedContent(
      by: signer, issuers: issuers.compactMap { try? $0.derBytes() }, now: now, tolerance: tolerance)
  }

  /// As the other, for who verifies many messages of few authorities.
  ///
  /// - Parameter issuers: in DER.
  public func verifiedContent(
    by signer: CMCSigner, issuers: [[UInt8]], now: Date, tolerance: TimeInterval = 300
  ) throws(CMCFault) -> Content {
    // The carried certificates are outside of the signature: none may travel along that is not known byte for byte.
    let carried = signedData.certificates
    guard Set(carried).count == carried.count, carried.allSatisfy({ $0 == signer.bytes || issuers.contains($0) })
    else { throw .signerMismatch }
    try signedData.verify(with: signer)
    guard signer.isAuthorised else { throw .signerNotAuthorised }
    guard abs(signedData.signingTime.timeIntervalSince(now)) <= tolerance else { throw .signingTimeOff }
    return content
  }

  /// The status for this request when it was granted.
  public var success: CMCStatusInfo { .success(bodyPart: bodyPart) }

  private static func read(_ content: [UInt8]) throws -> (TransactionID, [UInt8], Content, UInt32) {
    try DER.parse(content).inside(.sequence, "the PKIData") { nodes in
      var bodyPartIDs: Set<UInt32> = []
      let controls = try ControlSequence(derEncoded: &nodes, bodyPartIDs: &bodyPartIDs)
      guard let transaction = controls.transaction, let senderNonce = controls.senderNonce, controls.status == nil,
        controls.recipientNonce == nil
      else { throw CMCFault.controlsNotAllowed }
      let order = try nodes.inside(.sequence, "the requests") { nodes -> (UInt32, [UInt8])? in
        guard controls.revocation == nil else { return nil }
        return try nodes.inside(.context(0), "the request") { nodes in
          (try UInt32(derEncoded: &nodes), Array(try nodes.required("the PKCS#10").encodedBytes))
        }
      }
      if let order { try bodyPartIDs.insertNew(order.0) }
      try nodes.inside(.sequence, "the CMS contents") { _ in }
      try nodes.inside(.sequence, "the other messages") { _ in }
      if let revocation = controls.revocation {
        let content = CMCRevocation(transaction: transaction, senderNonce: senderNonce, control: revocation)
        return (transaction, senderNonce, .revocation(content), controls.revocationBodyPart)
      }
      guard let order else { throw ShapeError("nothing is asked for") }
      let content = CMCRequest(transaction: transaction, certificationRequest: order.1, senderNonce: senderNonce)
      return (transaction, senderNonce, .order(content), order.0)
    }
  }
}
