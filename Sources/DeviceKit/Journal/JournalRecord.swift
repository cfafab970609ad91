import COSE

/// What the journal says is in force: which key, and how long the parts are that stand in the slot after it.
///
/// In flash: 16 bytes, then the root's public key, the trust descriptor and the certificates, each filled up to a
/// multiple of 16.
struct JournalRecord: Equatable {
  /// The identity key in force; `nil` when the device has none.
  var key: KeyID?
  /// Bytes of the pinned root's public key: 64, or 0 in factory state.
  var rootBytes = 0
  /// Bytes of the trust descriptor; 0 in factory state.
  var descriptorBytes = 0
  /// Bytes of the certs-only PKCS#7; 0 when no certificate is held.
  var certificatesBytes = 0

  static let bytes = 16

  /// Where in the payload the parts stand.
  var rootOffset: Int { Self.bytes }
  var descriptorOffset: Int { rootOffset &+ Self.padded(rootBytes) }
  var certificatesOffset: Int { descriptorOffset &+ Self.padded(descriptorBytes) }
  /// Bytes of the whole payload.
  var payloadBytes: Int { certificatesOffset &+ Self.padded(certificatesBytes) }

  private static func padded(_ count: Int) -> Int { (count &+ 15) & ~15 }

  init() {}

  /// Reads a record; `nil` when the parts it names would not fit the payload it stands in.
  init?(_ bytes: Span<UInt8>, payloadBytes: Int) {
    let id = bytes.littleEndian(at: 0)
    key = id == 0 ? nil : KeyID(rawValue: id)
    rootBytes = Int(bytes.littleEndian(at: 4) & 0xFFFF)
    descriptorBytes = Int(bytes.littleEndian(at: 8) & 0xFFFF)
    certificatesBytes = Int(bytes.littleEndian(at: 12) & 0xFFFF)
    guard self.payloadBytes == payloadBytes else { return nil }
  }

  /// Writes the record's 16 bytes.
  func write(to bytes: inout MutableSpan<UInt8>) {
    bytes.store(littleEndian: key?.rawValue ?? 0, at: 0)
    bytes.store(littleEndian: UInt32(rootBytes), at: 4)
    bytes.store(littleEndian: UInt32(descriptorBytes), at: 8)
    bytes.store(littleEndian: UInt32(certificatesBytes), at: 12)
  }
}
