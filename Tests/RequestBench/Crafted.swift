import Crypto

/// A request with one defect, and the reason for which it is refused.
struct Crafted {
  let defect: String
  let reason: String
  let bytes: [UInt8]

  init(_ defect: String, _ reason: String, _ change: (inout RequestParts) -> Void) throws {
    var parts = RequestParts()
    change(&parts)
    (self.defect, self.reason, bytes) = (defect, reason, try parts.bytes())
  }

  static func all() throws -> [Crafted] {
    try structures() + keys() + signatures() + subjects() + names() + extensions() + attributes()
  }

  /// What is no DER, or not that of a request (X.690, RFC 2986).
  static func structures() throws -> [Crafted] {
    let malformed = "request-malformed"
    return try [
      Crafted("version 2", "request-version") { $0.version = [0x02, 0x01, 0x01] },
      Crafted("a negative version", "request-version") { $0.version = [0x02, 0x01, 0xFF] },
      Crafted("a version with a zero in front", malformed) { $0.version = [0x02, 0x02, 0x00, 0x00] },
      Crafted("a version without a value", malformed) { $0.version = [0x02, 0x00] },
      Crafted("a version of 9 bytes", malformed) { $0.version = [0x02, 0x09] + Array(repeating: 0x7F, count: 9) },
      Crafted("no version", malformed) { $0.version = [] },
      Crafted("a byte behind it", malformed) { parts in parts.whole = { tlv(0x30, $0) + [0x00] } },
      Crafted("an element behind the signature", malformed) { parts in parts.whole = { tlv(0x30, $0 + [0x05, 0x00]) } },
      Crafted("an element behind the attributes", malformed) { $0.surplus = [0x05, 0x00] },
      Crafted("no attributes", malformed) { $0.attributes = [] },
      Crafted("attributes without their tag", malformed) { $0.attributes = [0x31, 0x00] },
      Crafted("an indefinite length", malformed) { parts in parts.whole = { [0x30, 0x80] + $0 + [0x00, 0x00] } },
      Crafted("a length of more bytes than it needs", malformed) { parts in
        parts.whole = { [0x30, 0x83, 0x00, UInt8($0.count >> 8), UInt8($0.count & 0xFF)] + $0 }
      },
      Crafted("a length beyond the end", malformed) { parts in parts.whole = { tlv(0x30, $0 + [0x04, 0x7F]) } },
      Crafted("a SET in the place of the SEQUENCE", malformed) { parts in parts.whole = { tlv(0x31, $0) } },
      Crafted("a thousand SEQUENCEs in each other", malformed) { parts in
        parts.subject = (0..<1_000).reduce([]) { inner, _ in tlv(0x30, inner) }
      },
      Crafted("more than the limit", "request-too-long") { $0.surplus = tlv(0x04, Array(repeating: 0, count: 4_096)) },
    ]
  }

  /// Public keys that nobody certifies here.
  static func keys() throws -> [Crafted] {
    let ec: [UInt8] = [0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]
    let p256: [UInt8] = [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]
    func curve(_ name: [UInt8], _ point: [UInt8]) -> [UInt8] {
      tlv(0x30, tlv(0x30, ec + name) + tlv(0x03, [0x00] + point))
    }
    func point(_ bytes: Int, _ value: UInt8 = 7) -> [UInt8] { [0x04] + Array(repeating: value, count: 2 * bytes) }
    func rsa(_ bytes: Int) -> [UInt8] {
      let algorithm = tlv(0x30, [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00])
      let modulus = tlv(0x02, [0x00] + Array(repeating: 0xC5, count: bytes))
      return tlv(0x30, algorithm + tlv(0x03, [0x00] + tlv(0x30, modulus + [0x02, 0x03, 0x01, 0x00, 0x01])))
    }
    return try [
      Crafted("RSA of 1,024 bits", "key-weak") { $0.keyInfo = rsa(128) },
      Crafted("RSA of 2,048 bits", "key-not-p256") { $0.keyInfo = rsa(256) },
      Crafted("P-224", "key-weak") { $0.keyInfo = curve([0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x21], point(28)) },
      Crafted("P-384", "key-not-p256") { $0.keyInfo = curve([0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22], point(48)) },
      Crafted("secp256k1", "key-not-p256") {
        $0.keyInfo = curve([0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x0A], point(32))
      },
      Crafted("Ed25519", "key-not-p256") {
        $0.keyInfo = tlv(0x30, tlv(0x30, [0x06, 0x03, 0x2B, 0x65, 0x70]) + tlv(0x03, Array(repeating: 0, count: 33)))
      },
      Crafted("a point that is not on the curve", "key-invalid") { $0.keyInfo = curve(p256, point(32)) },
      Crafted("coordinates not below the field's prime", "key-invalid") { $0.keyInfo = curve(p256, point(32, 0xFF)) },
      Crafted("the point (0, 0)", "key-invalid") { $0.keyInfo = curve(p256, point(32, 0)) },
      Crafted("the point at infinity", "key-not-p256") { $0.keyInfo = curve(p256, [0x00]) },
      Crafted("a compressed point", "key-not-p256") {
        $0.keyInfo = curve(p256, Array($0.key.publicKey.compressedRepresentation))
      },
      Crafted("no curve", "key-not-p256") { $0.keyInfo = curve([], point(32)) },
      Crafted("a curve given by NULL", "key-not-p256") { $0.keyInfo = curve([0x05, 0x00], point(32)) },
      Crafted("no key", "request-malformed") { $0.keyInfo = [] },
    ]
  }

  /// Signatures that prove nothing, and algorithms other than ECDSA with SHA-256.
  static func signatures() throws -> [Crafted] {
    func algorithm(_ last: [UInt8], _ parameters: [UInt8] = []) -> [UInt8] {
      tlv(0x30, tlv(0x06, [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04] + last) + parameters)
    }
    let unproven = "possession-not-proven"
    return try [
      Crafted("ECDSA with SHA-1", "digest-weak") { $0.algorithm = algorithm([0x01]) },
      Crafted("ECDSA with SHA-384", "signature-algorithm") { $0.algorithm = algorithm([0x03, 0x03]) },
      Crafted("ECDSA with SHA-256 and NULL", "signature-algorithm") {
        $0.algorithm = algorithm([0x03, 0x02], [0x05, 0x00])
      },
      Crafted("RSA with SHA-256", "signature-algorithm") {
        $0.algorithm = tlv(0x30, [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B, 0x05, 0x00])
      },
      Crafted("no algorithm", "signature-algorithm") { $0.algorithm = [0x30, 0x00] },
      Crafted("an empty signature", unproven) { parts in parts.signature = { _ in [0x03, 0x01, 0x00] } },
      Crafted("a bit string without its first byte", "request-malformed") { parts in
        parts.signature = { _ in [0x03, 0x00] }
      },
      Crafted("a signature of 7 bits less", "request-malformed") { parts in parts.signature = { tlv(0x03, [0x07] + $0) }
      },
      Crafted("an octet string as signature", "request-malformed") { parts in parts.signature = { tlv(0x04, $0) } },
      Crafted("a bit string in pieces", "request-malformed") { parts in
        parts.signature = { tlv(0x23, tlv(0x03, [0x00] + $0)) }
      },
      Crafted("r and s zero", unproven) { parts in
        parts.signature = { _ in tlv(0x03, [0x00, 0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00]) }
      },
      Crafted("r and s negative", unproven) { parts in
        let number = tlv(0x02, Array(repeating: 0x81, count: 32))
        parts.signature = { _ in tlv(0x03, [0x00] + tlv(0x30, number + number)) }
      },
      Crafted("r and s with zeros in front", unproven) { parts in
        parts.signature = { signature in
          let count = Int(signature[3])
          let (r, s) = (signature[4..<4 + count], signature[(6 + count)...])
          return tlv(0x03, [0x00] + tlv(0x30, tlv(0x02, [0, 0] + r) + tlv(0x02, [0, 0] + s)))
        }
      },
      Crafted("r and s bare", unproven) { parts in
        parts.signature = { _ in tlv(0x03, [0x00] + Array(repeating: 0x11, count: 64)) }
      },
      Crafted("a byte behind r and s", unproven) { parts in parts.signature = { tlv(0x03, [0x00] + $0 + [0x00]) } },
    ]
  }
}
