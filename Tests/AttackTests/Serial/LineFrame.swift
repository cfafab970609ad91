@testable import SerialLink

/// A frame of the link as somebody sees it who has the line: without COBS, and with a checksum of his own making if he
/// changes anything. There is no secret in it.
struct LineFrame {
  /// Four bytes: form and kind, epoch, message, fragment.
  var header: [UInt8]
  var payload: [UInt8]

  /// - Returns: nil for what is no intact frame.
  init?(encoded: [UInt8]) {
    guard let bytes = Self.decode(encoded), bytes.count >= 8 else { return nil }
    header = Array(bytes.prefix(4))
    payload = Array(bytes[4..<bytes.count - 4])
    guard Self.checksum(header + payload) == Array(bytes.suffix(4)) else { return nil }
  }

  /// With its delimiter.
  var encoded: [UInt8] { Self.encode(header + payload + Self.checksum(header + payload)) + [0] }

  /// Whether it has a part of a message.
  var carriesFragment: Bool { header[0] & 7 == FrameKind.data || header[0] & 7 == FrameKind.asking }
  /// Whether that part is the whole.
  var isWhole: Bool { carriesFragment && header[3] == 0 }
  var message: UInt8 {
    get { header[2] }
    set { header[2] = newValue }
  }

  private static func checksum(_ bytes: [UInt8]) -> [UInt8] {
    var crc = CRC32C()
    for byte in bytes { crc.update(byte) }
    return withUnsafeBytes(of: crc.value.bigEndian) { Array($0) }
  }

  private static func decode(_ encoded: [UInt8]) -> [UInt8]? {
    var bytes: [UInt8] = []
    var index = 0
    while index < encoded.count {
      let end = index + Int(encoded[index])
      guard encoded[index] > 0, end <= encoded.count else { return nil }
      bytes += encoded[index + 1..<end]
      index = end
      if index < encoded.count { bytes.append(0) }
    }
    return bytes
  }

  private static func encode(_ bytes: [UInt8]) -> [UInt8] {
    bytes.split(separator: 0, omittingEmptySubsequences: false).flatMap { [UInt8($0.count + 1)] + $0 }
  }
}
