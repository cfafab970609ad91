import SwiftASN1

/// What EST's `csrattrs` tells a client about the request it should make (RFC 7030 §4.5.2).
public enum RequestAttributes {
  /// A P-256 key, and a signature with ECDSA and SHA-256: a CsrAttrs in DER.
  public static var derBytes: [UInt8] {
    get throws {
      try PKI.derBytes { coder in
        try coder.sequence { coder in
          try coder.sequence { attribute in
            try attribute.serialize(OID.ecPublicKey)
            try attribute.set { try $0.serialize(OID.prime256v1) }
          }
          try coder.serialize(OID.ecdsaWithSHA256)
        }
      }
    }
  }
}
