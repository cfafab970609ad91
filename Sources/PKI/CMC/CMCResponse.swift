public import Foundation
import SwiftASN1
public import X509

/// A CMC Full PKI Response (RFC 5272 §3.3) to be signed by a certification authority.
public struct CMCResponse: Sendable {
  /// How the request went.
  public let status: CMCStatusInfo
  /// The request's transaction; nil when it could not be read.
  public let transaction: TransactionID?
  /// The request's senderNonce; nil when it could not be read.
  public let recipientNonce: [UInt8]?
  /// This message's own nonce.
  public let senderNonce: [UInt8]
  /// The issued certificate, then its issuers without the anchor. Empty in a refusal.
  public let certificates: [Certificate]

  /// An answer.
  public init(
    status: CMCStatusInfo, transaction: TransactionID?, recipientNonce: [UInt8]?, certificates: [Certificate] = [],
    senderNonce: [UInt8] = randomBytes(16)
  ) {
    self.status = status
    self.transaction = transaction
    self.recipientNonce = recipientNonce
    self.certificates = certificates
    self.senderNonce = senderNonce
  }

  /// The signed message.
  ///
  /// - Parameters:
  ///   - key: the responder's key.
  ///   - certificate: its certificate, with id-kp-cmcCA.
  ///   - issuers: the issuers of that certificate, without the anchor; carried unless they are there already.
  ///   - now: the signing time.
  public func signed(
    with key: SigningKey, certificate: Certificate, issuers: [Certificate], at now: Date
  ) throws -> [UInt8] {
    let others = certificates + issuers.filter { !certificates.contains($0) }
    return try SignedData.sign(
      try pkiResponse(), type: OID.pkiResponse, certificate: certificate, others: others, key: key, at: now)
  }

  private func pkiResponse() throws -> [UInt8] {
    try derBytes { coder in
      try coder.sequence { coder in
        let controls = ControlSequence(
          transaction: transaction, senderNonce: senderNonce, recipientNonce: recipientNonce, status: status)
        _ = try controls.serialize(into: &coder)
        coder.sequence { _ in }
        coder.sequence { _ in }
      }
    }
  }
}
