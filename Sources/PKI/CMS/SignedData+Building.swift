import Crypto
import Foundation
import SwiftASN1
import X509

extension SignedData {
  /// Signs `content`.
  ///
  /// - Parameters:
  ///   - content: the bytes to sign.
  ///   - type: what they are.
  ///   - certificate: the signer's.
  ///   - others: more certificates to carry, in front of the signer's.
  ///   - key: the signer's key.
  ///   - now: the signing time.
  /// - Returns: a ContentInfo in DER, but for the certificates, which keep their order (a SET in BER, which RFC 5652 §5.1 allows).
  static func sign(
    _ content: [UInt8], type: ASN1ObjectIdentifier, certificate: Certificate, others: [Certificate] = [],
    key: SigningKey, at now: Date
  ) throws -> [UInt8] {
    var attributes = try signedAttributes(type: type, content: content, now: now)
    let signature = try key.sign(attributes)
    // Signed as SET OF, carried as [0] IMPLICIT (RFC 5652 §5.4).
    attributes[0] = 0xA0
    return try contentInfo { coder in
      try coder.serialize(3)
      try coder.set { try $0.algorithm(OID.sha256) }
      try coder.sequence { inner in
        try inner.serialize(type)
        try inner.appendConstructedNode(identifier: .context(0)) { try $0.octets(content) }
      }
      try coder.appendConstructedNode(identifier: .context(0)) { coder in
        for certificate in others + [certificate] { try coder.serialize(certificate) }
      }
      try coder.set { infos in
        try infos.sequence { info in
          try info.serialize(1)
          try SignerIdentifier(certificate).serialize(into: &info)
          try info.algorithm(OID.sha256)
          info.serializeRawBytes(attributes)
          try info.algorithm(OID.ecdsaWithSHA256)
          try info.octets(signature)
        }
      }
    }
  }

  /// A ContentInfo around the body of a SignedData.
  static func contentInfo(_ body: (inout DER.Serializer) throws -> Void) throws -> [UInt8] {
    try derBytes { coder in
      try coder.sequence { coder in
        try coder.serialize(OID.signedData)
        try coder.appendConstructedNode(identifier: .context(0)) { try $0.sequence(body) }
      }
    }
  }

  private static func signedAttributes(type: ASN1ObjectIdentifier, content: [UInt8], now: Date) throws -> [UInt8] {
    let attributes = [
      try attribute(OID.contentType) { try $0.serialize(type) },
      try attribute(OID.signingTime) { try now.serializeTime(into: &$0) },
      try attribute(OID.messageDigest) { try $0.octets(SHA256.hash(data: content)) },
    ]
    return derBytes { coder in
      coder.set { set in
        // DER orders a SET OF by its encodings.
        for attribute in attributes.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
          set.serializeRawBytes(attribute)
        }
      }
    }
  }

  private static func attribute(
    _ type: ASN1ObjectIdentifier, _ value: (inout DER.Serializer) throws -> Void
  ) throws -> [UInt8] {
    try derBytes { coder in
      try coder.sequence { coder in
        try coder.serialize(type)
        try coder.set(value)
      }
    }
  }
}
