/// The four bytes that begin every frame, as one big-endian number.
///
///     first: version 4 bits, side 1 bit, kind 3 bits | epoch | message | fragment: index 4 bits, count - 1 4 bits
struct FrameHeader {
  var rawValue: UInt32 = 0

  init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  init(first: UInt8, epoch: UInt8, message: UInt8, fragment: UInt8) {
    rawValue = UInt32(first) << 24 | UInt32(epoch) << 16 | UInt32(message) << 8 | UInt32(fragment)
  }

  /// Version and side: what every frame of one session in one direction has in common, beside the epoch.
  var form: UInt8 { UInt8(truncatingIfNeeded: rawValue >> 24) & 0xF8 }
  var kind: UInt8 { UInt8(truncatingIfNeeded: rawValue >> 24) & 0x07 }
  /// Whether the payload is a part of a message.
  var carriesFragment: Bool { kind == FrameKind.data || kind == FrameKind.asking }
  var epoch: UInt8 { UInt8(truncatingIfNeeded: rawValue >> 16) }
  var message: UInt8 { UInt8(truncatingIfNeeded: rawValue >> 8) }
  var fragmentIndex: Int { Int(rawValue >> 4 & 0x0F) }
  var fragmentCount: Int { Int(rawValue & 0x0F) + 1 }
}
