public import Foundation
import SwiftASN1
public import X509

/// A registration authority's signed request to revoke one certificate (revokeRequest, RFC 5272 §6.11).
public struct CMCRevocation: Equatable, Sendable {
  /// The request's identity, the same in every repetition.
  public let transaction: TransactionID
  /// Fresh in every message; the answer must return it.
  public let senderNonce: [UInt8]
  /// The name of the certificate's issuer, in DER.
  public let issuer: [UInt8]
  /// The certificate's serial number, as DER has it.
  public let serialNumber: [UInt8]
  /// Why it is to be revoked.
  public let reason: RevocationReason
  /// What the registration authority's people say about it, at most ``PKILimits/revocationCommentCharacters``.
  public let comment: String?

  /// The identifier of the control in the message, which a status refers to: behind transaction and nonce.
  static let controlBodyPart: UInt32 = 3

  /// A request.
  ///
  /// - Parameters:
  ///   - transaction: its identity.
  ///   - certificate: what is to be revoked.
  ///   - reason: why.
  ///   - comment: for the CA's people.
  ///   - senderNonce: 16 fresh random bytes, unless a test wants others.
  public init(
    transaction: TransactionID, certificate: Certificate, reason: RevocationReason, comment: String? = nil,
    senderNonce: [UInt8] = randomBytes(16)
  ) throws {
    self.init(
      transaction: transaction, senderNonce: senderNonce,
      control: RevokeRequest(
        issuer: try certificate.issuer.derBytes(), serialNumber: Array(certificate.serialNumber.bytes), reason: reason,
        comment: comment))
  }

  init(transaction: TransactionID, senderNonce: [UInt8], control: RevokeRequest) {
    self.transaction = transaction
    self.senderNonce = senderNonce
    issuer = control.issuer
    serialNumber = control.serialNumber
    reason = control.reason
    comment = control.comment
  }

  /// The signed message, as ``CMCRequest/signed(with:certificate:issuers:at:)`` makes it for an order.
  public func signed(
    with key: SigningKey, certificate: Certificate, issuers: [Certificate] = [], at now: Date
  ) throws -> [UInt8] {
    let content = try derBytes { coder in
      try coder.sequence { coder in
        let control = RevokeRequest(
          issuer: issuer, serialNumber: serialNumber, reason: reason, comment: comment)
        _ = try ControlSequence(transaction: transaction, senderNonce: senderNonce, revocation: control).serialize(
          into: &coder)
        for _ in 0..<3 { coder.sequence { _ in } }
      }
    }
    return try SignedData.sign(
      content, type: OID.pkiData, certificate: certificate, others: issuers, key: key, at: now)
  }
}

/// The control itself, without invalidity date and passphrase: both would say more than this CA can check.
struct RevokeRequest: Equatable {
  var issuer: [UInt8]
  var serialNumber: [UInt8]
  var reason: RevocationReason
  var comment: String?

  init(issuer: [UInt8], serialNumber: [UInt8], reason: RevocationReason, comment: String?) {
    self.issuer = issuer
    self.serialNumber = serialNumber
    self.reason = reason
    self.comment = comment
  }

  init(derEncoded nodes: inout ASN1NodeCollection.Iterator) throws {
    self = try nodes.inside(.sequence, "the revocation") { nodes in
      let issuer = Array(try nodes.required("the issuer").encodedBytes)
      let serialNumber = Array(try ArraySlice<UInt8>(derEncoded: &nodes))
      guard (1...20).contains(serialNumber.count) else { throw ShapeError("the serial number") }
      let node = try nodes.required("the reason")
      guard node.identifier == .enumerated, case .primitive(let value) = node.content, value.count == 1,
        let reason = value.first.flatMap(RevocationReason.init)
      else { throw ShapeError("the reason is unknown") }
      let comment = try nodes.optional(.utf8String).map { String(try ASN1UTF8String(derEncoded: $0)) }
      guard (comment?.unicodeScalars.count ?? 0) <= PKILimits.revocationCommentCharacters else {
        throw ShapeError("the comment is too long")
      }
      return RevokeRequest(issuer: issuer, serialNumber: serialNumber, reason: reason, comment: comment)
    }
  }

  func serialize(into coder: inout DER.Serializer) throws {
    try coder.sequence { coder in
      coder.serializeRawBytes(issuer)
      try coder.serialize(serialNumber[...])
      coder.enumerated(reason.rawValue)
      if let comment { try coder.serialize(ASN1UTF8String(comment)) }
    }
  }
}
