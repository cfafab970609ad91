/// The header of a slot: what its payload is, how long, and which of two is newer. Eight words, then the commit word.
struct SlotHeader {
  /// As they stand in flash: mark, sequence, uid (low word first), count, flags, checksum of the payload, and the
  /// header's own checksum.
  private var words = InlineArray<8, UInt32>(repeating: 0)

  static let bytes = 32
  private static let mark: UInt32 = 0x3153_554D  // "MUS1"

  /// Rises with each commit of the same uid, and wraps.
  var sequence: UInt32 {
    get { words[1] }
    set { words[1] = newValue }
  }

  /// Whose payload this is: a PSA key's uid, or ``journal``.
  var uid: UInt64 {
    get { UInt64(widening: words[3]) &<< 32 | UInt64(widening: words[2]) }
    set {
      words[2] = UInt32(truncatingIfNeeded: newValue)
      words[3] = UInt32(truncatingIfNeeded: newValue &>> 32)
    }
  }

  /// Payload bytes.
  var count: UInt32 {
    get { words[4] }
    set { words[4] = newValue }
  }

  /// The owner's own bits.
  var flags: UInt32 {
    get { words[5] }
    set { words[5] = newValue }
  }

  /// CRC-32 of the payload.
  var checksum: UInt32 {
    get { words[6] }
    set { words[6] = newValue }
  }

  /// The uid of the device's journal, and of its format. PSA's persistent keys have 30-bit ids, so no key can take it.
  static let journal: UInt64 = 0x4D55_5354_4A52_4E32

  init(uid: UInt64 = 0, sequence: UInt32 = 0, count: UInt32 = 0) {
    self.uid = uid
    self.sequence = sequence
    self.count = count
  }

  /// Whether this header is of a later commit than another, by RFC 1982's serial number arithmetic: the sequence may
  /// wrap.
  func isNewer(than other: SlotHeader) -> Bool {
    Int32(bitPattern: sequence &- other.sequence) > 0
  }

  /// Writes the header's bytes, with a checksum of their own.
  @inline(never)
  mutating func write(to bytes: inout MutableSpan<UInt8>) {
    words[0] = Self.mark
    for index in 0..<7 { bytes.store(littleEndian: words[index], at: index * 4) }
    words[7] = Self.checksum(of: bytes.span)
    bytes.store(littleEndian: words[7], at: 28)
  }

  /// Takes over the header that stands in these bytes.
  ///
  /// - Returns: Whether they are one.
  @inline(never)
  mutating func read(_ bytes: Span<UInt8>) -> Bool {
    for index in 0..<8 { words[index] = bytes.littleEndian(at: index * 4) }
    return words[0] == Self.mark && words[7] == Self.checksum(of: bytes)
  }

  private static func checksum(of bytes: Span<UInt8>) -> UInt32 {
    var checksum = CRC32()
    checksum.update(bytes.extracting(0..<28))
    return checksum.value
  }
}
