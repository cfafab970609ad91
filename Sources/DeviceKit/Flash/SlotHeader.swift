/// The header of a slot: what its payload is, how long, and which of two is newer. 32 bytes, then the commit word.
struct SlotHeader: Equatable {
  /// Whose payload this is: a PSA key's uid, or ``journal``.
  var uid: UInt64
  /// Rises with each commit of the same uid, and wraps.
  var sequence: UInt32
  /// Payload bytes.
  var count: UInt32
  /// The owner's own bits.
  var flags: UInt32
  /// CRC-32 of the payload.
  var checksum: UInt32

  /// The uid of the device's journal. PSA's persistent keys have 30-bit ids, so no key can take it.
  static let journal: UInt64 = 0x4D55_5354_4A52_4E4C

  static let bytes = 32
  private static let magic: UInt32 = 0x3153_554D  // "MUS1"

  /// Whether this header is of a later commit than another, by RFC 1982's serial number arithmetic: the sequence may wrap.
  func isNewer(than other: SlotHeader) -> Bool {
    Int32(bitPattern: sequence &- other.sequence) > 0
  }

  /// The header's bytes, with a checksum of their own.
  var encoded: InlineArray<32, UInt8> {
    var bytes = InlineArray<32, UInt8>(repeating: 0)
    var span = bytes.mutableSpan
    span.store(littleEndian: Self.magic, at: 0)
    span.store(littleEndian: sequence, at: 4)
    span.store(littleEndian: UInt32(truncatingIfNeeded: uid), at: 8)
    span.store(littleEndian: UInt32(truncatingIfNeeded: uid &>> 32), at: 12)
    span.store(littleEndian: count, at: 16)
    span.store(littleEndian: flags, at: 20)
    span.store(littleEndian: checksum, at: 24)
    let ownChecksum = Self.checksum(of: span.span)
    span.store(littleEndian: ownChecksum, at: 28)
    return bytes
  }

  init(uid: UInt64 = 0, sequence: UInt32 = 0, count: UInt32 = 0, flags: UInt32 = 0, checksum: UInt32 = 0) {
    self.uid = uid
    self.sequence = sequence
    self.count = count
    self.flags = flags
    self.checksum = checksum
  }

  /// Takes over the header that stands in these bytes.
  ///
  /// - Returns: Whether they are one.
  @inline(never)
  mutating func read(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.littleEndian(at: 0) == Self.magic, bytes.littleEndian(at: 28) == Self.checksum(of: bytes) else {
      return false
    }
    sequence = bytes.littleEndian(at: 4)
    uid = UInt64(widening: bytes.littleEndian(at: 12)) &<< 32 | UInt64(widening: bytes.littleEndian(at: 8))
    count = bytes.littleEndian(at: 16)
    flags = bytes.littleEndian(at: 20)
    checksum = bytes.littleEndian(at: 24)
    return true
  }

  private static func checksum(of bytes: Span<UInt8>) -> UInt32 {
    var checksum = CRC32()
    checksum.update(bytes.extracting(0..<28))
    return checksum.value
  }
}
