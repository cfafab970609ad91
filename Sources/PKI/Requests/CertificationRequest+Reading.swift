import Crypto
import SwiftASN1
import X509

extension CertificationRequest {
  /// Reads and checks a request.
  ///
  /// - Parameters:
  ///   - bytes: the DER of a CertificationRequest and nothing else.
  ///   - overridden: extensions beside subjectAltName that it may ask for, to no effect.
  /// - Throws: the one reason why it is refused. Structure comes first, then key and possession, then what is asked for, so
  ///   that nothing inside is looked at before its sender has proven to hold the key.
  public init(
    _ bytes: [UInt8], overriding overridden: Set<OverriddenExtension> = []
  ) throws(CertificationRequestRefusal) {
    guard bytes.count <= PKILimits.certificationRequestBytes else { throw .requestTooLong }
    let parts: Parts
    do { parts = try Parts(bytes) } catch { throw .requestMalformed }

    guard parts.version == 0 else { throw .requestVersion }
    let publicKey = try Self.publicKey(of: parts.publicKeyInfo)
    guard parts.signatureAlgorithm == Self.ecdsaWithSHA256 else {
      throw parts.signatureAlgorithm == Self.ecdsaWithSHA1 ? .digestWeak : .signatureAlgorithm
    }
    guard publicKey.verifies(parts.signature, of: parts.signedBytes) else { throw .possessionNotProven }

    // What cannot be repeated byte for byte would be certified as something else: text that is no UTF-8 is read as if it were.
    guard parts.subjectIsExact else { throw .subjectInvalid }
    let names = try Self.names(in: parts.attributes, overriding: overridden)
    self.init(
      derBytes: bytes, publicKey: publicKey, keyDigest: Array(SHA256.hash(data: parts.publicKeyInfo)),
      subject: try Subject(parts.subject),
      dnsNames: names.dnsNames, ipAddresses: names.ipAddresses)
  }

  private static let ecdsaWithSHA256: [UInt8] = [
    0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02,
  ]

  private static let ecdsaWithSHA1: [UInt8] = [0x30, 0x09, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x01]

  private static func publicKey(
    of info: ArraySlice<UInt8>
  ) throws(CertificationRequestRefusal) -> P256.Signing.PublicKey {
    guard info.count == p256PublicKeyInfoPrefix.count + 65, info.starts(with: p256PublicKeyInfoPrefix) else {
      throw WeakKey.isWeak(info) ? .keyWeak : .keyNotP256
    }
    guard !WeakKey.isBasePoint(info.suffix(65)) else { throw .keyWeak }
    do {
      return try P256.Signing.PublicKey(x963Representation: info.suffix(65))
    } catch {
      throw .keyInvalid
    }
  }

  private static func names(
    in attributes: [CertificateSigningRequest.Attribute], overriding overridden: Set<OverriddenExtension>
  ) throws(CertificationRequestRefusal) -> AlternativeNames {
    if attributes.contains(where: { $0.oid == OID.challengePassword }) { throw .challengePassword }
    guard let attribute = attributes.first else { return AlternativeNames() }
    guard attributes.count == 1, attribute.oid == OID.extensionRequest else { throw .attributeNotAllowed }
    guard let request = try? ExtensionRequest(attribute), !request.extensions.isEmpty else { throw .requestMalformed }
    let allowed = overridden.map(\.identifier) + [.X509ExtensionID.subjectAlternativeName]
    // Said aloud before all else: who asks to be a CA is told that this is the reason.
    if let constraints = request.extensions[oid: .X509ExtensionID.basicConstraints] {
      guard (try? BasicConstraints(constraints)) == .notCertificateAuthority else { throw .authorityRequested }
    }
    guard request.extensions.allSatisfy({ allowed.contains($0.oid) }) else { throw .extensionNotAllowed }
    guard let wanted = request.extensions[oid: .X509ExtensionID.subjectAlternativeName] else {
      return AlternativeNames()
    }
    guard let names = try? SubjectAlternativeNames(wanted) else { throw .alternativeNameInvalid }
    return try AlternativeNames(names)
  }

  /// The parts of a CertificationRequest as they stand in the bytes, none of them judged yet.
  private struct Parts {
    var signedBytes: ArraySlice<UInt8> = []
    var version = 0
    var subject = DistinguishedName()
    /// Whether the subject is encoded as we would encode it.
    var subjectIsExact = false
    var publicKeyInfo: ArraySlice<UInt8> = []
    var attributes: [CertificateSigningRequest.Attribute] = []
    var signatureAlgorithm: [UInt8] = []
    var signature: ArraySlice<UInt8> = []

    init(_ bytes: [UInt8]) throws {
      try DER.parse(bytes).inside(.sequence, "the request") { request in
        let info = try request.required("the request info")
        signedBytes = info.encodedBytes
        try info.inside(.sequence, "the request info") { info in
          version = try Int(derEncoded: &info)
          let name = try info.required("the subject")
          subject = try DistinguishedName(derEncoded: name)
          subjectIsExact = try subject.derBytes()[...] == name.encodedBytes
          publicKeyInfo = try info.required("the key").encodedBytes
          try info.inside(.context(0), "the attributes") { nodes in
            while let node = nodes.next() {
              attributes.append(try CertificateSigningRequest.Attribute(derEncoded: node))
            }
          }
        }
        signatureAlgorithm = Array(try request.required("the signature algorithm").encodedBytes)
        let bits = try ASN1BitString(derEncoded: &request)
        guard bits.paddingBits == 0 else { throw ShapeError("the signature is not whole bytes") }
        signature = bits.bytes
      }
    }
  }
}
