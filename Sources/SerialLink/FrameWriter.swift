/// Puts one frame on the line, byte by byte: header, payload, CRC, in COBS, without a buffer for the frame.
///
/// A COBS block begins with the distance to the next zero byte, so the writer looks ahead into the message itself; that
/// must not change until the frame has left.
struct FrameWriter {
  private enum Phase {
    case idle, leadingDelimiter, blockCode, block, delimiter
  }

  private var phase = Phase.idle
  /// The next byte of the frame, and the zero (or the frame's end) that ends its block.
  private var index = 0
  private var blockEnd = 0
  private var payloadCount = 0
  /// Where the payload begins in the message; negative when it is ``control``.
  private var offset = 0
  private var checksum: UInt32 = 0
  private(set) var header = FrameHeader(rawValue: 0)
  /// The payload of a frame that carries no fragment; to be set before ``startControl(_:count:)``.
  var control = ControlPayload()

  var isIdle: Bool { phase == .idle }

  /// Begins a frame whose payload is the first `count` bytes of ``control``.
  mutating func startControl(_ header: FrameHeader, count: Int) {
    start(header, offset: -1, count: count, message: Span())
    // Noise before must not spoil a HELLO: it is what ends the waiting for a peer.
    if header.kind == FrameKind.hello { phase = .leadingDelimiter }
  }

  /// Begins a frame whose payload is a part of the message.
  @inline(never)
  mutating func start(_ header: FrameHeader, offset: Int, count: Int, message: Span<UInt8>) {
    self.header = header
    self.offset = offset
    payloadCount = count
    phase = .blockCode
    var crc = CRC32C()
    index = 0
    while index < count &+ Specification.headerBytes {
      crc.update(byte(at: index, message: message))
      index &+= 1
    }
    index = 0
    checksum = crc.value
  }

  /// Ends a fragment that is half on the line: its message is about to change. The peer drops what it has of it.
  mutating func abortFragment() {
    guard phase != .idle, offset >= 0 else { return }
    phase = .delimiter
    header = FrameHeader(rawValue: 0)
  }

  /// The next byte for the line. Only while not ``isIdle``.
  mutating func next(message: Span<UInt8>) -> UInt8 {
    var next: UInt8 = 0
    switch phase {
    case .idle, .delimiter:
      phase = .idle
      return 0
    case .leadingDelimiter:
      phase = .blockCode
      return 0
    case .blockCode:
      blockEnd = index
      while blockEnd < frameCount, byte(at: blockEnd, message: message) != 0 { blockEnd &+= 1 }
      next = UInt8(truncatingIfNeeded: blockEnd &- index &+ 1)
      phase = .block
    case .block:
      next = byte(at: index, message: message)
      index &+= 1
    }
    if index == blockEnd {
      phase = blockEnd == frameCount ? .delimiter : .blockCode
      index &+= 1
    }
    return next
  }

  private var frameCount: Int { payloadCount &+ (Specification.headerBytes + Specification.checksumBytes) }

  /// The byte of the frame, before COBS. Mutating, though it changes nothing: so `self` goes by its address and not, field
  /// by field, in registers, which saves 170 bytes of Thumb code.
  @inline(never)
  private mutating func byte(at index: Int, message: Span<UInt8>) -> UInt8 {
    var word = header.rawValue
    var position = index &- Specification.headerBytes
    if position >= payloadCount {
      position &-= payloadCount
      word = checksum
    } else if position >= 0 {
      if offset >= 0 { return message[offset &+ position] }
      word = control.words[position >> 2]
    }
    return UInt8(truncatingIfNeeded: word &>> UInt32(truncatingIfNeeded: ~position << 3 & 24))
  }
}
