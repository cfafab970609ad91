/// The numbers of docs/spec/link.md.
enum Specification {
  /// The lowest and the highest version of the link that this code speaks, as HELLO carries them: one nibble each.
  static let versions: UInt8 = 0x11

  static let headerBytes = 4
  static let checksumBytes = 4
  static let minPayloadBytes: UInt8 = 16
  static let maxPayloadBytes: UInt8 = 240
  static let maxFrameBytes = headerBytes + Int(maxPayloadBytes) + checksumBytes
  static let maxFragments = 16
  /// The least that an end may say of the longest message it takes. Anyone on the line can say HELLO: the buffer that
  /// the other end writes its messages into must not become shorter than its caller can use.
  static let minMessageBytes: UInt16 = 128

  static let helloBytes = 12
  static let acknowledgementBytes = 2
  static let busyAcknowledgementBytes = 4

  /// Set in a HELLO's message field when its sender holds the session for established.
  static let establishedFlag: UInt8 = 1

  /// How long the peer is asked to wait with its next message while the caller still holds the one before.
  static let heldOffMilliseconds: UInt16 = 500
}

/// What a frame is for: the low three bits of its first byte.
enum FrameKind {
  /// Epochs, versions and limits of the sender.
  static let hello: UInt8 = 0
  /// A fragment of a message; more frames of this round follow.
  static let data: UInt8 = 1
  /// A fragment that ends a round: the receiver acknowledges what it has.
  static let asking: UInt8 = 2
  /// Which fragments of which message the sender has, and whether it is busy.
  static let acknowledgement: UInt8 = 3
  /// Asks for an acknowledgement, to see whether the peer lives.
  static let probe: UInt8 = 4
}
