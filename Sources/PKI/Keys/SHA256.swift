import Crypto

extension Sequence<UInt8> {
  /// The SHA-256 of these bytes: 32 bytes.
  public var sha256: [UInt8] { Array(SHA256.hash(data: Array(self))) }
}
