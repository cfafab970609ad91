/// Takes frames off the line, byte by byte: COBS, header, payload, checksum, without a buffer for the frame.
///
/// The last four bytes of a frame are its CRC, and only the delimiter tells which four they were. So every decoded byte
/// waits in a register of four until the fifth after it, and what stands there at the delimiter is the CRC.
struct FrameReader {
  /// What one byte from the line led to.
  enum Step {
    case nothing
    /// A payload byte, in ``FrameReader/byte`` and ``FrameReader/position``. It is not checked yet: only ``frame`` says
    /// that it is good.
    case payload
    /// An intact frame ended, with ``FrameReader/header`` and ``FrameReader/payloadCount``.
    case frame
    /// Something ended that was no frame.
    case damaged
  }

  /// The payload byte of the last step.
  private(set) var byte: UInt8 = 0
  /// What is left of the current COBS block, and whether a zero is due when the next one begins.
  private var blockRemaining: UInt8 = 0
  private var owesZero = false
  private var isDamaged = false
  /// The number of payload bytes so far; below zero while the header is awaited.
  private(set) var payloadCount = start
  /// The header of the frame being received; complete from its first payload byte on.
  private(set) var header = FrameHeader(rawValue: 0)
  private var lastFour: UInt32 = 0
  private var checksum = CRC32C()

  /// Where in the payload the byte of the last step stands.
  var position: Int { payloadCount &- 1 }

  private static var start: Int { -(Specification.headerBytes + Specification.checksumBytes) }

  mutating func take(_ byte: UInt8) -> Step {
    if byte == 0 { return endFrame() }
    guard blockRemaining == 0 else {
      blockRemaining &-= 1
      return decoded(byte)
    }
    let zero = owesZero
    blockRemaining = byte &- 1
    owesZero = true
    return zero ? decoded(0) : .nothing
  }

  @inline(never)
  private mutating func decoded(_ new: UInt8) -> Step {
    guard payloadCount < Int(Specification.maxPayloadBytes) else {
      isDamaged = true
      return .nothing
    }
    byte = UInt8(truncatingIfNeeded: lastFour >> 24)
    lastFour = lastFour << 8 | UInt32(new)
    payloadCount &+= 1
    guard payloadCount > -Specification.headerBytes else { return .nothing }
    checksum.update(byte)
    guard payloadCount <= 0 else { return .payload }
    header.rawValue = header.rawValue << 8 | UInt32(byte)
    return .nothing
  }

  private mutating func endFrame() -> Step {
    let isIntact = payloadCount >= 0 && !isDamaged && blockRemaining == 0 && lastFour == checksum.value
    return owesZero ? isIntact ? .frame : .damaged : .nothing
  }

  /// Makes ready for the next frame; after ``Step/frame`` and ``Step/damaged``.
  mutating func reset() {
    blockRemaining = 0
    owesZero = false
    isDamaged = false
    payloadCount = Self.start
    checksum = CRC32C()
  }
}
