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
    let message = try SignedData(bytes)
    guard message.isContent(OID.pkiResponse) else { throw .contentTypeWrong }
    let carried = try Self.certificates(message)
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

    let controls = try Self.controls(message.content)
    guard let status = controls.status, controls.senderNonce != nil else { throw .controlsNotAllowed }
    guard controls.transaction == request.transaction, controls.recipientNonce == request.senderNonce else {
      throw .answerNotOurs
    }
    guard status.status == .success else {
      self = .notIssued(status)
      return
    }
    guard status.bodyParts == [CMCRequest.requestBodyPart] else { throw .answerNotOurs }
    let path = try await Self.issued(for: request, in: others, anchors: anchors, now: now)
    // Nothing unverified in the answer: whatever it carries is on one of the two paths.
    guard Set(carried) == Set(path).union(responderPath) else { throw .certificateWrong }
    self = .issued(path[0], issuers: Array(path.dropFirst()))
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
