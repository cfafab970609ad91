public import Foundation
import SwiftASN1
public import X509

/// A CMC Full PKI Request (RFC 5272 §3.2): a registration authority's signed order over one untouched certification request.
public struct CMCRequest: Equatable, Sendable {
  /// The order's identity, the same in every repetition.
  public let transaction: TransactionID
  /// Fresh in every message; the answer must return it.
  public let senderNonce: [UInt8]
  /// The PKCS#10 as the device made it.
  public let certificationRequest: [UInt8]

  /// The identifier of the PKCS#10 in the message, which a status refers to: behind the two controls.
  static let requestBodyPart: UInt32 = 3

  /// An order.
  ///
  /// - Parameters:
  ///   - transaction: the order's identity.
  ///   - certificationRequest: what the device sent.
  ///   - senderNonce: 16 fresh random bytes, unless a test wants others.
  public init(
    transaction: TransactionID, certificationRequest: CertificationRequest, senderNonce: [UInt8] = randomBytes(16)
  ) {
    self.init(
      transaction: transaction, certificationRequest: certificationRequest.derBytes, senderNonce: senderNonce)
  }

  init(transaction: TransactionID, certificationRequest: [UInt8], senderNonce: [UInt8]) {
    self.transaction = transaction
    self.senderNonce = senderNonce
    self.certificationRequest = certificationRequest
  }

  /// The signed message.
  ///
  /// - Parameters:
  ///   - key: the registration authority's key.
  ///   - certificate: its certificate, which the message carries.
  ///   - issuers: the certificate's issuers without the anchor, carried too, so that whoever keeps the message as evidence can
  ///     verify it with the anchor alone.
  ///   - now: the signing time; the CA refuses it when it is more than five minutes from its own clock.
  /// - Returns: a ContentInfo in DER, for EST's `/fullcmc`.
  public func signed(
    with key: SigningKey, certificate: Certificate, issuers: [Certificate] = [], at now: Date
  ) throws -> [UInt8] {
    try SignedData.sign(
      try pkiData(), type: OID.pkiData, certificate: certificate, others: issuers, key: key, at: now)
  }

  /// PKIData (RFC 5272 §3.2.1): controls, requests, and two empty sequences.
  private func pkiData() throws -> [UInt8] {
    try derBytes { coder in
      try coder.sequence { coder in
        let controls = ControlSequence(transaction: transaction, senderNonce: senderNonce)
        let bodyPart = try controls.serialize(into: &coder)
        try coder.sequence { requests in
          try requests.appendConstructedNode(identifier: .context(0)) { request in
            try request.serialize(bodyPart)
            request.serializeRawBytes(certificationRequest)
          }
        }
        coder.sequence { _ in }
        coder.sequence { _ in }
      }
    }
  }
}
