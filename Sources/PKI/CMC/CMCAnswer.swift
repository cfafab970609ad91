public import Foundation
import SwiftASN1
public import X509

/// What a certification authority answered, verified.
public enum CMCAnswer: Sendable {
  /// The certificate that was ordered, and its issuers without the anchor.
  case issued(Certificate, issuers: [Certificate])
  /// Not issued, and why.
  case notIssued(CMCStatusInfo)

  /// Reads and verifies the answer to one request.
  ///
  /// - Parameters:
  ///   - bytes: a ContentInfo in DER.
  ///   - request: the order it has to answer: transaction, nonce and key must be its own.
  ///   - anchors: where the paths of responder and issued certificate must end.
  ///   - now: the receiver's clock, for the certificates' validity. The message's freshness is the nonce's matter.
  /// - Throws: ``CMCFault``.
  public init(_ bytes: [UInt8], to request: CMCRequest, anchors: [Certificate], now: Date) async throws(CMCFault) {
    let (status, carried, responderPath) = try await Self.verify(
      bytes, transaction: request.transaction, nonce: request.senderNonce, anchors: anchors, now: now)
    guard status.status == .success else {
      self = .notIssued(status)
      return
    }
    guard status.bodyParts == [CMCRequest.requestBodyPart] else { throw .answerNotOurs }
    let others = carried.filter { $0 != responderPath.first }
    let path = try await Self.issued(for: request, in: others, anchors: anchors, now: now)
    // Nothing unverified in the answer: whatever it carries is on one of the two paths.
    guard Set(carried) == Set(path).union(responderPath) else { throw .certificateWrong }
    self = .issued(path[0], issuers: Array(path.dropFirst()))
  }

  /// Reads and verifies the answer to a revocation.
  ///
  /// - Returns: nil when the certificate is revoked, else why it is not.
  /// - Throws: ``CMCFault``.
  public static func refusal(
    _ bytes: [UInt8], of revocation: CMCRevocation, anchors: [Certificate], now: Date
  ) async throws(CMCFault) -> CMCStatusInfo? {
    let (status, carried, responderPath) = try await verify(
      bytes, transaction: revocation.transaction, nonce: revocation.senderNonce, anchors: anchors, now: now)
    guard Set(carried) == Set(responderPath) else { throw .certificateWrong }
    guard status.status == .success else { return status }
    guard status.bodyParts == [CMCRevocation.controlBodyPart] else { throw .answerNotOurs }
    return nil
  }

  /// What the answer says, that it is the responder's, and that it answers this message.
  private static func verify(
    _ bytes: [UInt8], transaction: TransactionID, nonce: [UInt8], anchors: [Certificate], now: Date
  ) async throws(CMCFault) -> (status: CMCStatusInfo, carried: [Certificate], responderPath: [Certificate]) {
    let message = try SignedData(bytes)
    guard message.isContent(OID.pkiResponse) else { throw .contentTypeWrong }
    let carried = try certificates(message)
    guard let responder = carried.first(where: { (try? SignerIdentifier($0)) == message.signer }) else {
      throw .signerMismatch
    }
    let others = carried.filter { $0 != responder }
    let responderPath: [Certificate]
    do {
      responderPath = try await CertificatePath(anchors: anchors, purpose: .init(oid: OID.cmcCA)).validate(
        responder, intermediates: others, now: now)
    } catch {
      throw .signerNotAuthorised
    }
    try message.verify(with: responder)

    let controls = try controls(message.content)
    guard let status = controls.status, controls.senderNonce != nil, controls.revocation == nil else {
      throw .controlsNotAllowed
    }
    guard controls.transaction == transaction, controls.recipientNonce == nonce else { throw .answerNotOurs }
    return (status, carried, responderPath)
  }

  private static func certificates(_ message: SignedData) throws(CMCFault) -> [Certificate] {
    var certificates: [Certificate] = []
    for bytes in message.certificates {
      guard let certificate = try? Certificate(derEncoded: bytes) else { throw .messageMalformed }
      certificates.append(certificate)
    }
    return certificates
  }

  private static func controls(_ content: [UInt8]) throws(CMCFault) -> ControlSequence {
    do {
      return try DER.parse(content).inside(.sequence, "the PKIResponse") { nodes in
        var bodyPartIDs: Set<UInt32> = []
        let controls = try ControlSequence(derEncoded: &nodes, bodyPartIDs: &bodyPartIDs)
        try nodes.inside(.sequence, "the CMS contents") { _ in }
        try nodes.inside(.sequence, "the other messages") { _ in }
        return controls
      }
    } catch let fault as CMCFault {
      throw fault
    } catch {
      throw .messageMalformed
    }
  }

  /// The path of the one certificate for the request's key and subject.
  private static func issued(
    for request: CMCRequest, in certificates: [Certificate], anchors: [Certificate], now: Date
  ) async throws(CMCFault) -> [Certificate] {
    guard let ordered = try? CertificationRequest(request.certificationRequest) else { throw .certificateWrong }
    let leaves = certificates.filter { $0.publicKey == Certificate.PublicKey(ordered.publicKey) }
    guard leaves.count == 1, let leaf = leaves.first, leaf.subject == ordered.subject.name else {
      throw .certificateWrong
    }
    do {
      return try await CertificatePath(anchors: anchors, purpose: nil).validate(
        leaf, intermediates: certificates.filter { $0 != leaf }, now: now)
    } catch {
      throw .certificateWrong
    }
  }
}
