public import Crypto

/// A PKCS#10 certification request (RFC 2986) that passed every check that needs no policy.
///
/// There is no unchecked value of this type: it parsed strictly, its key is P-256, its signature proved possession of the
/// private key, it asks for nothing but names. The bytes are kept as they were received, because the registration authority's
/// signature and the order's identity are over those, never over a re-encoding.
public struct CertificationRequest: Sendable, Equatable {
  /// The request as it was received.
  public let derBytes: [UInt8]
  /// The key to be certified.
  public let publicKey: P256.Signing.PublicKey
  /// The requested subject.
  public let subject: Subject
  /// The requested DNS names, in lower case and in the order of the request.
  public let dnsNames: [String]
  /// The requested IP addresses: 4 or 16 bytes each.
  public let ipAddresses: [[UInt8]]

  /// SHA-256 of ``derBytes``: what makes an order the same order.
  public var digest: [UInt8] { Array(SHA256.hash(data: derBytes)) }

  /// SHA-256 of the SubjectPublicKeyInfo: what makes a key the same key.
  public let keyDigest: [UInt8]

  public static func == (left: CertificationRequest, right: CertificationRequest) -> Bool {
    left.derBytes == right.derBytes
  }

  /// All parts; only the strict reader, which has checked them, may combine them.
  ///
  /// - Parameter keyDigest: of `publicKey`, out of bytes that are there: a key takes as long to be encoded as to be read.
  init(
    derBytes: [UInt8], publicKey: P256.Signing.PublicKey, keyDigest: [UInt8], subject: Subject, dnsNames: [String],
    ipAddresses: [[UInt8]]
  ) {
    self.derBytes = derBytes
    self.publicKey = publicKey
    self.keyDigest = keyDigest
    self.subject = subject
    self.dnsNames = dnsNames
    self.ipAddresses = ipAddresses
  }
}

extension P256.Signing.PublicKey {
  /// SHA-256 of the SubjectPublicKeyInfo.
  public var keyDigest: [UInt8] {
    var hash = SHA256()
    hash.update(data: p256PublicKeyInfoPrefix)
    hash.update(data: x963Representation)
    return Array(hash.finalize())
  }
}
