public import Foundation
import SwiftASN1
public import X509

/// A CMC request that was read but not verified: enough to look up its signer and to address a refusal.
public struct UnverifiedCMCRequest: Sendable {
  /// Who claims to have signed it.
  public let signer: SignerIdentifier
  /// The transaction it claims to belong to.
  public var transaction: TransactionID { request.transaction }
  /// The nonce that the answer has to return.
  public var senderNonce: [UInt8] { request.senderNonce }

  private let request: CMCRequest
  private let bodyPart: UInt32
  private let signedData: SignedData

  /// Reads a message strictly: one PKCS#10, the controls transactionId and senderNonce, nothing else.
  ///
  /// - Parameter bytes: a ContentInfo in DER.
  /// - Throws: `messageTooLong`, `messageMalformed`, `contentTypeWrong`, `controlsNotAllowed`, `digestMismatch`.
  public init(_ bytes: [UInt8]) throws(CMCFault) {
    signedData = try SignedData(bytes)
    signer = signedData.signer
    guard signedData.isContent(OID.pkiData) else { throw .contentTypeWrong }
    do {
      (request, bodyPart) = try Self.read(signedData.content)
    } catch let fault as CMCFault {
      throw fault
    } catch {
      throw .messageMalformed
    }
  }

  /// Verifies the outer signature.
  ///
  /// - Parameters:
  ///   - certificate: the registration authority's certificate from the key store, looked up by ``signer``.
  ///   - issuers: the issuers of that certificate, which the message may carry too.
  ///   - now: the receiver's clock.
  ///   - tolerance: how far the signing time may be from it, in seconds.
  /// - Returns: the order, which its PKCS#10 has not been checked of.
  /// - Throws: `signerMismatch`, `signatureInvalid`, `signerNotAuthorised` when the certificate lacks id-kp-cmcRA,
  ///   `signingTimeOff`. Whether the certificate is expired or revoked is for the key store to know.
  public func verified(
    by certificate: Certificate, issuers: [Certificate] = [], now: Date, tolerance: TimeInterval = 300
  ) throws(CMCFault) -> CMCRequest {
    // The carried certificates are outside of the signature: none may travel along that is not known byte for byte.
    let known = ([certificate] + issuers).compactMap { try? $0.derBytes() }
    let carried = signedData.certificates
    guard Set(carried).count == carried.count, carried.allSatisfy(known.contains) else { throw .signerMismatch }
    try signedData.verify(with: certificate)
    guard let usages = try? certificate.extensions.extendedKeyUsage, usages.contains(.init(oid: OID.cmcRA)) else {
      throw .signerNotAuthorised
    }
    guard abs(signedData.signingTime.timeIntervalSince(now)) <= tolerance else { throw .signingTimeOff }
    return request
  }

  /// The status for this request's PKCS#10 when it was granted.
  public var success: CMCStatusInfo { .success(bodyPart: bodyPart) }

  private static func read(_ content: [UInt8]) throws -> (CMCRequest, UInt32) {
    try DER.parse(content).inside(.sequence, "the PKIData") { nodes in
      var bodyPartIDs: Set<UInt32> = []
      let controls = try ControlSequence(derEncoded: &nodes, bodyPartIDs: &bodyPartIDs)
      guard let transaction = controls.transaction, let senderNonce = controls.senderNonce, controls.status == nil,
        controls.recipientNonce == nil
      else { throw CMCFault.controlsNotAllowed }
      let (bodyPart, request) = try nodes.inside(.sequence, "the requests") { nodes in
        try nodes.inside(.context(0), "the request") { nodes in
          (try UInt32(derEncoded: &nodes), Array(try nodes.required("the PKCS#10").encodedBytes))
        }
      }
      try bodyPartIDs.insertNew(bodyPart)
      try nodes.inside(.sequence, "the CMS contents") { _ in }
      try nodes.inside(.sequence, "the other messages") { _ in }
      return (
        CMCRequest(transaction: transaction, certificationRequest: request, senderNonce: senderNonce), bodyPart
      )
    }
  }
}
