import Crypto

/// A certificate in parts, each of which a test may spoil before it is signed.
///
/// What comes out unspoilt is what swift-certificates makes too; `CertificatesFromSwiftCertificatesTests` holds that.
struct CertificateForge {
  var version: [UInt8]? = der(0xA0, der(0x02, [2]))
  var serialNumber = der(0x02, [0x42, 0x17])
  var innerAlgorithm = der(0x30, OID.ecdsaWithSHA256)
  var outerAlgorithm = der(0x30, OID.ecdsaWithSHA256)
  var issuer: [UInt8]
  var notBefore = der(0x17, Array("260101000000Z".utf8))
  var notAfter = der(0x17, Array("270101000000Z".utf8))
  var subject: [UInt8]
  var keyAlgorithm = der(0x30, OID.ecPublicKey, OID.prime256v1)
  var point: [UInt8]
  var extensions: [[UInt8]]
  /// Packs r and s; `nil` for DER.
  var signature: (([UInt8], [UInt8]) -> [UInt8])?
  /// Follows the extensions inside the TBSCertificate.
  var extra: [UInt8] = []

  /// A device's certificate.
  init(device serialNumber: String, key: P256.Signing.PublicKey, issuer: [UInt8]) {
    self.issuer = issuer
    subject = name([OID.organization: "Test network", OID.serialNumber: serialNumber])
    point = [UInt8](key.x963Representation)
    extensions = [
      Self.basicConstraints(), Self.keyUsage([0x07, 0x80]), Self.extendedKeyUsage([OID.clientAuth]),
    ]
  }

  /// An authority's certificate.
  init(authority commonName: String, key: P256.Signing.PublicKey, issuer: [UInt8]? = nil, pathLength: UInt8? = nil) {
    subject = name([OID.commonName: commonName])
    self.issuer = issuer ?? subject
    point = [UInt8](key.x963Representation)
    extensions = [Self.basicConstraints(authority: true, pathLength: pathLength), Self.keyUsage([0x01, 0x06])]
  }

  /// The certificate, signed.
  func certificate(by key: P256.Signing.PrivateKey) -> [UInt8] {
    let body = der(
      0x30, version ?? [], serialNumber, innerAlgorithm, issuer, der(0x30, notBefore, notAfter), subject,
      der(0x30, keyAlgorithm, der(0x03, [0], point)),
      extensions.isEmpty ? [] : der(0xA3, der(0x30, extensions.flatMap { $0 })), extra)
    guard let made = try? key.signature(for: SHA256.hash(data: body)) else { return [] }
    let raw = [UInt8](made.rawRepresentation)
    let packed = signature?(Array(raw.prefix(32)), Array(raw.suffix(32))) ?? [UInt8](made.derRepresentation)
    return der(0x30, body, outerAlgorithm, der(0x03, [0], packed))
  }

  static func basicConstraints(authority: Bool = false, pathLength: UInt8? = nil) -> [UInt8] {
    let fields = (authority ? der(0x01, [0xFF]) : []) + (pathLength.map { der(0x02, [$0]) } ?? [])
    return criticalExtension(OID.basicConstraints, der(0x30, fields))
  }

  static func keyUsage(_ bits: [UInt8]) -> [UInt8] {
    criticalExtension(OID.keyUsage, der(0x03, bits))
  }

  static func extendedKeyUsage(_ purposes: [[UInt8]]) -> [UInt8] {
    der(0x30, OID.extendedKeyUsage, der(0x04, der(0x30, purposes.flatMap { $0 })))
  }

  static func criticalExtension(_ type: [UInt8], _ value: [UInt8]) -> [UInt8] {
    der(0x30, type, der(0x01, [0xFF]), der(0x04, value))
  }
}

/// An X.501 name of PrintableStrings, in the order of their types' encodings.
func name(_ attributes: [[UInt8]: String]) -> [UInt8] {
  der(
    0x30,
    attributes.sorted { $0.key.lexicographicallyPrecedes($1.key) }
      .flatMap { der(0x31, der(0x30, $0.key, der(0x13, Array($0.value.utf8)))) })
}
