import SwiftASN1
public import X509

extension Certificate {
  /// Signs a TBSCertificate as it stands: what was checked is what is signed, byte for byte.
  ///
  /// - Parameters:
  ///   - tbs: a TBSCertificate in DER that names ECDSA with SHA-256 as its algorithm.
  ///   - key: the issuer's key.
  /// - Returns: the certificate in DER.
  /// - Throws: ``PKIError`` of a key in a token.
  public static func sign(_ tbs: [UInt8], with key: SigningKey) throws -> [UInt8] {
    try signedDER(tbs, signature: key.sign(tbs))
  }
}

/// SIGNED{…} of RFC 5280 §4.1 and §5.1: what was signed, ECDSA with SHA-256, and the signature.
func signedDER(_ tbs: [UInt8], signature: [UInt8]) throws -> [UInt8] {
  let trailer = try derBytes { coder in
    try coder.algorithm(OID.ecdsaWithSHA256)
    try coder.serialize(ASN1BitString(bytes: signature[...]))
  }
  return derNode(0x30, tbs, trailer)
}
