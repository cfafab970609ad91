public import Foundation
import SwiftASN1
public import X509

/// A certificate's status (RFC 6960 §4.2.1).
public enum OCSPStatus: Sendable, Equatable {
  /// Issued, and not revoked.
  case good
  /// Revoked, when and why.
  case revoked(Date, RevocationReason)
  /// Never issued.
  case unknown
}

/// Everything an OCSP answer says, before it is signed (RFC 6960 §4.2).
///
/// The same values give the same bytes each time, so that an answer that was signed beforehand is kept by its signature.
public struct OCSPAnswer: Sendable {
  /// What is said of each certificate.
  public let statuses: [(certificate: OCSPCertificateID, status: OCSPStatus)]
  /// From when on this is known.
  public let thisUpdate: Date
  /// Until when it may be relied upon.
  public let nextUpdate: Date
  /// The request's nonce.
  public let nonce: [UInt8]?

  /// An answer.
  public init(
    statuses: [(certificate: OCSPCertificateID, status: OCSPStatus)], thisUpdate: Date, nextUpdate: Date,
    nonce: [UInt8]? = nil
  ) {
    self.statuses = statuses
    self.thisUpdate = thisUpdate
    self.nextUpdate = nextUpdate
    self.nonce = nonce
  }

  /// Signs the answer.
  ///
  /// - Parameters:
  ///   - responder: the responder, which the answer names.
  ///   - key: its key.
  /// - Returns: an ECDSA-Sig-Value in DER.
  public func signature(responder: OCSPResponder, key: SigningKey) throws -> [UInt8] {
    try key.sign(responseData(responder))
  }

  /// The whole answer in DER.
  ///
  /// - Parameters:
  ///   - responder: who signed.
  ///   - signature: of ``signature(responder:key:)``.
  public func response(responder: OCSPResponder, signature: [UInt8]) throws -> [UInt8] {
    let data = try responseData(responder)
    let signed = try derBytes { coder in
      try coder.algorithm(OID.ecdsaWithSHA256)
      try coder.serialize(ASN1BitString(bytes: signature[...]))
    }
    let basic = derNode(0x30, data, signed, responder.certificates)
    let bytes = derNode(0x30, try OID.ocspBasic.derBytes(), derNode(0x04, basic))
    // ENUMERATED successful, and [0] responseBytes.
    return derNode(0x30, [0x0A, 0x01, 0x00], derNode(0xA0, bytes))
  }

  /// ResponseData. `producedAt` is `thisUpdate`: what is known was looked up when it was signed.
  private func responseData(_ responder: OCSPResponder) throws -> [UInt8] {
    try derBytes { coder in
      try coder.sequence { coder in
        try coder.appendConstructedNode(identifier: .context(2)) { try $0.octets(responder.keyHash) }
        try thisUpdate.serializeGeneralizedTime(into: &coder)
        try coder.sequence { coder in
          for (certificate, status) in statuses {
            try coder.sequence { coder in
              coder.serializeRawBytes(certificate.derBytes)
              try status.serialize(into: &coder)
              try thisUpdate.serializeGeneralizedTime(into: &coder)
              try coder.appendConstructedNode(identifier: .context(0)) {
                try nextUpdate.serializeGeneralizedTime(into: &$0)
              }
            }
          }
        }
        if let nonce {
          try coder.appendConstructedNode(identifier: .context(1)) { coder in
            try coder.sequence { try $0.certificateExtension(OID.ocspNonce) { try $0.octets(nonce) } }
          }
        }
      }
    }
  }
}

/// Who signs OCSP answers: named by the hash of its key, carried with its certificate.
public struct OCSPResponder: Sendable {
  /// [0] certs, with the one certificate.
  let certificates: [UInt8]
  let keyHash: [UInt8]

  /// A responder by its certificate, which has id-kp-OCSPSigning and is of the issuer asked about, or is the issuer's own.
  public init(_ certificate: Certificate) throws {
    certificates = derNode(0xA0, derNode(0x30, try certificate.der))
    keyHash = OCSPCertificateID.Hash.sha1.hash(certificate.publicKey.subjectPublicKeyInfoBytes)
  }
}

extension OCSPStatus {
  func serialize(into coder: inout DER.Serializer) throws {
    switch self {
    case .good: coder.appendPrimitiveNode(identifier: .context(0)) { _ in }
    case .unknown: coder.appendPrimitiveNode(identifier: .context(2)) { _ in }
    case .revoked(let date, let reason):
      try coder.appendConstructedNode(identifier: .context(1)) { coder in
        try date.serializeGeneralizedTime(into: &coder)
        guard reason != .unspecified else { return }
        coder.appendConstructedNode(identifier: .context(0)) { $0.enumerated(reason.rawValue) }
      }
    }
  }
}
