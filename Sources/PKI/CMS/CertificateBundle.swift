import SwiftASN1
public import X509

/// Certificates in the 'certs-only' form: a SignedData without content and signers (RFC 5652 §5.1, RFC 7030 §4.1.3).
public enum CertificateBundle {
  /// Packs certificates, in their order: leaf first, then intermediates.
  public static func encode(_ certificates: [Certificate]) throws -> [UInt8] {
    try SignedData.contentInfo { coder in
      try coder.serialize(1)
      coder.set { _ in }
      try coder.sequence { try $0.serialize(OID.data) }
      try coder.appendConstructedNode(identifier: .context(0)) { coder in
        for certificate in certificates { try coder.serialize(certificate) }
      }
      coder.set { _ in }
    }
  }

  /// Unpacks certificates, in their order. None of them is verified.
  ///
  /// - Throws: ``PKIError`` with code `format`.
  public static func decode(_ bytes: [UInt8]) throws -> [Certificate] {
    do {
      return try DER.parse(bytes).inside(.sequence, "the ContentInfo") { nodes in
        guard try ASN1ObjectIdentifier(derEncoded: &nodes) == OID.signedData else { throw ShapeError("not SignedData") }
        return try nodes.inside(.context(0), "the content") { nodes in
          try nodes.inside(.sequence, "the SignedData") { try certificates(in: &$0) }
        }
      }
    } catch {
      throw PKIError(.format, "This is not a certs-only PKCS#7: \(error).")
    }
  }

  private static func certificates(in nodes: inout ASN1NodeCollection.Iterator) throws -> [Certificate] {
    guard try Int(derEncoded: &nodes) == 1 else { throw ShapeError("the version is not 1") }
    try nodes.inside(.set, "the digest algorithms") { _ in }
    try nodes.inside(.sequence, "the encapsulated content") { nodes in
      guard try ASN1ObjectIdentifier(derEncoded: &nodes) == OID.data else { throw ShapeError("content") }
    }
    var certificates: [Certificate] = []
    try nodes.inside(.context(0), "the certificates") { nodes in
      while let node = nodes.next() { certificates.append(try Certificate(derEncoded: node)) }
    }
    // An empty set of CRLs, as OpenSSL may write it, and no signers.
    if let revocations = nodes.optional(.context(1)) { try revocations.inside(.context(1), "the CRLs") { _ in } }
    try nodes.inside(.set, "the signers") { _ in }
    return certificates
  }
}
