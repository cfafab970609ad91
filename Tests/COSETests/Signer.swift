import COSE
import Crypto

/// One key and what can be done with it, for short tests.
struct Signer: ~Copyable {
  static let id = KeyID(rawValue: 7)
  var crypto = SoftwareCryptography()
  let publicKey: [UInt8]

  init(_ key: P256.Signing.PrivateKey = .init()) {
    self.crypto.insert(key, as: Self.id)
    self.publicKey = Array(key.publicKey.x963Representation)
  }

  mutating func sign(
    _ payload: [UInt8], keyIdentifier: [UInt8] = [], externalAAD: [UInt8] = [], capacity: Int = 70_000,
    with id: KeyID = Signer.id
  ) throws(COSEError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xEE, count: capacity)
    var buffer = bytes.mutableSpan
    let count = try COSESign1.sign(
      into: &buffer, keyIdentifier: keyIdentifier.span, externalAAD: externalAAD.span, key: id, with: &self.crypto
    ) { (room: inout MutableSpan<UInt8>) throws(CBORError) -> Int in
      guard room.count >= payload.count else { throw .noSpace }
      for index in payload.indices { room[index] = payload[index] }
      return payload.count
    }
    return Array(bytes[..<count])
  }

  /// Parses and verifies, and returns the payload.
  mutating func open(_ object: [UInt8], externalAAD: [UInt8] = []) throws(COSEError) -> [UInt8] {
    let parsed = try COSESign1(object.span)
    let publicKey = self.publicKey
    try parsed.verify(publicKey: publicKey.span, externalAAD: externalAAD.span, with: &self.crypto)
    return copy(parsed.payload)
  }
}
