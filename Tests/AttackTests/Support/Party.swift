import COSE
import OSCORE
import PKI

/// A static Diffie-Hellman key with its credential: a device's bootstrap key, or a manager's.
struct Party: Sendable {
  /// Under which number the key stands in its owner's key storage.
  static let keyID = KeyID(rawValue: 0x1000)

  let key = AgreementKey()
  /// The claims set, in Muster's own form.
  let credential: [UInt8]
  /// RFC 9679, SHA-256.
  let thumbprint: [UInt8]

  init() throws {
    guard let raw = RawPublicKey(key.coordinates.span) else { throw AttackError.setup }
    credential = try written(capacity: Credential.writtenBytes) { span in
      try Credential.write(raw, into: &span, with: HostCryptography())
    }
    thumbprint = try Self.thumbprint(of: raw)
  }

  /// The thumbprint of a key that a peer gave by value.
  static func thumbprint(of key: RawPublicKey) throws -> [UInt8] {
    let coordinates = (0..<RawPublicKey.bytes).map { key[$0] }
    guard let thumbprint = coordinates.keyThumbprint else { throw AttackError.setup }
    return thumbprint
  }

  /// A provider that holds the key.
  func cryptography(_ weaknesses: Set<Weakness> = []) throws -> AttackCryptography {
    var crypto = AttackCryptography(weaknesses)
    try crypto.add(key, as: Self.keyID)
    return crypto
  }
}

enum AttackError: Error { case setup }

/// What a writer into a span wrote.
func written(capacity: Int, _ body: (inout MutableSpan<UInt8>) throws -> Int) throws -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: capacity)
  var span = bytes.mutableSpan
  let count = try body(&span)
  return Array(bytes[..<count])
}

extension ConnectionIdentifier {
  init(array: [UInt8]) throws {
    guard let identifier = ConnectionIdentifier(array.span) else { throw AttackError.setup }
    self = identifier
  }

  var array: [UInt8] { (0..<count).map { self[$0] } }
}
