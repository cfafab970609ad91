@testable import SerialLink

/// Frames one at a time, through the reader and the writer of the link.
struct FrameCodec {
  /// What the reader makes of bytes from the line.
  struct Decoded: Equatable {
    var header: UInt32
    var payload: [UInt8]
  }

  /// Reads all bytes; returns the intact frames and the number of damaged ones.
  static func decode(_ bytes: [UInt8]) -> (frames: [Decoded], damaged: Int) {
    var reader = FrameReader()
    var frames: [Decoded] = []
    var payload: [UInt8] = []
    var damaged = 0
    for byte in bytes {
      switch reader.take(byte) {
      case .nothing:
        continue
      case .payload:
        precondition(reader.position == payload.count)
        payload.append(reader.byte)
        continue
      case .damaged:
        damaged += 1
      case .frame:
        precondition(reader.payloadCount == payload.count)
        frames.append(Decoded(header: reader.header.rawValue, payload: payload))
      }
      payload = []
      reader.reset()
    }
    return (frames, damaged)
  }

  /// What the writer puts on the line for a fragment of this header and payload.
  static func encode(header: UInt32, payload: [UInt8]) -> [UInt8] {
    var writer = FrameWriter()
    let message = [9, 0, 9] + payload + [0, 9]
    writer.start(FrameHeader(rawValue: header), offset: 3, count: payload.count, message: message.span)
    return rest(of: &writer, message: message)
  }

  /// What the writer puts on the line for a frame that carries no fragment.
  static func encodeControl(header: UInt32, payload: [UInt8]) -> [UInt8] {
    var writer = FrameWriter()
    let padded = payload + [UInt8](repeating: 0, count: (4 - payload.count % 4) % 4)
    for (position, byte) in padded.enumerated() { writer.control.take(byte, at: position) }
    writer.startControl(FrameHeader(rawValue: header), count: payload.count)
    return rest(of: &writer, message: [])
  }

  private static func rest(of writer: inout FrameWriter, message: [UInt8]) -> [UInt8] {
    var wire: [UInt8] = []
    while !writer.isIdle { wire.append(writer.next(message: message.span)) }
    return wire
  }
}
