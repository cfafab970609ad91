import SwiftASN1

/// Keys that nobody should use anywhere, as opposed to good ones that Muster has no use for.
enum WeakKey {
  private static let rsa: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 1, 1]
  private static let dsa: ASN1ObjectIdentifier = [1, 2, 840, 10040, 4, 1]
  /// P-192 and P-224.
  private static let shortCurves: [ASN1ObjectIdentifier] = [[1, 2, 840, 10045, 3, 1, 1], [1, 3, 132, 0, 33]]
  /// The x-coordinate of P-256's base point (FIPS 186-4, D.1.2.3): the public key of the private keys 1 and n − 1.
  private static let basePoint: [UInt8] = [
    0x6B, 0x17, 0xD1, 0xF2, 0xE1, 0x2C, 0x42, 0x47, 0xF8, 0xBC, 0xE6, 0xE5, 0x63, 0xA4, 0x40, 0xF2,
    0x77, 0x03, 0x7D, 0x81, 0x2D, 0xEB, 0x33, 0xA0, 0xF4, 0xA1, 0x39, 0x45, 0xD8, 0x98, 0xC2, 0x96,
  ]

  /// Whether an uncompressed point of P-256 is one whose private key is no secret.
  static func isBasePoint(_ point: some Collection<UInt8>) -> Bool {
    point.dropFirst().prefix(basePoint.count).elementsEqual(basePoint)
  }

  /// Whether a SubjectPublicKeyInfo is one of RSA below 2,048 bits, of DSA, or of a curve below 256 bits.
  static func isWeak(_ info: ArraySlice<UInt8>) -> Bool {
    let verdict = try? DER.parse(info).inside(.sequence, "the key") { nodes in
      let (algorithm, curve) = try nodes.inside(.sequence, "the algorithm") { nodes in
        let algorithm = try ASN1ObjectIdentifier(derEncoded: &nodes)
        return (algorithm, nodes.next().flatMap { try? ASN1ObjectIdentifier(derEncoded: $0) })
      }
      let key = try ASN1BitString(derEncoded: &nodes).bytes
      switch algorithm {
      case dsa: return true
      case rsa: return try modulusBits(key) < 2_048
      default: return curve.map(shortCurves.contains) ?? false
      }
    }
    return verdict ?? false
  }

  private static func modulusBits(_ key: ArraySlice<UInt8>) throws -> Int {
    try DER.parse(key).inside(.sequence, "the RSA key") { nodes in
      let modulus = try ArraySlice<UInt8>(derEncoded: &nodes).drop { $0 == 0 }
      _ = try ArraySlice<UInt8>(derEncoded: &nodes)
      return modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
    }
  }
}
