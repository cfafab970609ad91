/// The payload of a frame that carries no fragment, as big-endian words.
struct ControlPayload {
  var words: InlineArray<3, UInt32> = [0, 0, 0]

  /// Makes it a payload of up to four bytes, from the most significant one on.
  mutating func set(_ word: UInt32) {
    words[0] = word
  }

  /// Makes it HELLO's payload.
  mutating func setHello(versions: UInt8, payloadBytes: UInt8, maxMessageBytes: UInt16, own: UInt32, heard: UInt32) {
    words[0] = UInt32(versions) << 24 | UInt32(payloadBytes) << 16 | UInt32(maxMessageBytes)
    words[1] = own
    words[2] = heard
  }

  /// Takes the byte at a position, when every one before has come in order; what goes beyond HELLO's is ignored.
  mutating func take(_ byte: UInt8, at position: Int) {
    guard position < Specification.helloBytes else { return }
    words[position >> 2] = words[position >> 2] << 8 | UInt32(byte)
  }

  var versions: UInt8 { UInt8(truncatingIfNeeded: words[0] >> 24) }
  var payloadBytes: UInt8 { UInt8(truncatingIfNeeded: words[0] >> 16) }
  var maxMessageBytes: UInt16 { UInt16(truncatingIfNeeded: words[0]) }
  var own: UInt32 { words[1] }
  var heard: UInt32 { words[2] }
}
