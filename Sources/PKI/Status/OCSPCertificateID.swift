import Crypto
import SwiftASN1
public import X509

/// Which certificate an OCSP request or answer is about (CertID, RFC 6960 §4.1.1): hashes of the issuer's name and key, and a
/// serial number.
public struct OCSPCertificateID: Hashable, Sendable {
  /// What the issuer's name and key are hashed with. SHA-1 is no matter of security here, and what most clients send
  /// (RFC 5019 §2.1.1).
  public enum Hash: Hashable, Sendable, CaseIterable {
    case sha1
    case sha256

    var identifier: ASN1ObjectIdentifier { self == .sha1 ? OID.sha1 : OID.sha256 }

    func hash(_ bytes: some Sequence<UInt8>) -> [UInt8] {
      let bytes = Array(bytes)
      return self == .sha1 ? Array(Insecure.SHA1.hash(data: bytes)) : Array(SHA256.hash(data: bytes))
    }
  }

  /// An issuer as OCSP names it.
  public struct Issuer: Hashable, Sendable {
    /// What name and key are hashed with.
    public let hash: Hash
    let nameHash: [UInt8]
    let keyHash: [UInt8]

    /// A CA by its certificate.
    public init(_ certificate: Certificate, hash: Hash) throws {
      self.hash = hash
      nameHash = hash.hash(try certificate.subject.derBytes())
      keyHash = hash.hash(certificate.publicKey.subjectPublicKeyInfoBytes)
    }

    init(hash: Hash, nameHash: [UInt8], keyHash: [UInt8]) {
      (self.hash, self.nameHash, self.keyHash) = (hash, nameHash, keyHash)
    }
  }

  /// Who issued the certificate.
  public let issuer: Issuer
  /// Its serial number, as DER has it.
  public let serialNumber: [UInt8]
  /// The CertID in DER; an answer repeats the request's byte for byte.
  let derBytes: [UInt8]

  /// The identifier of a certificate.
  public init(issuer: Issuer, serialNumber: [UInt8]) throws {
    self.issuer = issuer
    self.serialNumber = serialNumber
    derBytes = try PKI.derBytes { coder in
      try coder.sequence { coder in
        try coder.sequence { algorithm in
          try algorithm.serialize(issuer.hash.identifier)
          // SHA-1 with NULL, as everybody writes it (RFC 6960 appendix B's examples too).
          if issuer.hash == .sha1 { try algorithm.serialize(ASN1Null()) }
        }
        try coder.octets(issuer.nameHash)
        try coder.octets(issuer.keyHash)
        try coder.serialize(serialNumber[...])
      }
    }
  }

  init(derEncoded node: ASN1Node) throws {
    derBytes = Array(node.encodedBytes)
    (issuer, serialNumber) = try node.inside(.sequence, "the certificate identifier") { nodes in
      let hash = try nodes.inside(.sequence, "the hash algorithm") { nodes in
        let identifier = try ASN1ObjectIdentifier(derEncoded: &nodes)
        if let parameters = nodes.optional(.null) { _ = try ASN1Null(derEncoded: parameters) }
        guard let hash = Hash.allCases.first(where: { $0.identifier == identifier }) else {
          throw ShapeError("the hash algorithm is unknown")
        }
        return hash
      }
      let issuer = Issuer(
        hash: hash, nameHash: Array(try ASN1OctetString(derEncoded: &nodes).bytes),
        keyHash: Array(try ASN1OctetString(derEncoded: &nodes).bytes))
      return (issuer, Array(try ArraySlice<UInt8>(derEncoded: &nodes)))
    }
  }
}
