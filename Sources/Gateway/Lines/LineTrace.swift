#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Writes down every byte of a line, both ways: one text line a chunk, with the time in UTC, `>` to the device or `<`
/// from it, and the bytes in hexadecimal.
///
/// Stays on its line's event loop. What devices with a network say is protected by OSCORE, and what they say before is not, so the
/// file is its owner's only.
final class LineTrace {
  /// Which way bytes went.
  enum Direction: UInt8 {
    case toDevice = 0x3E  // >
    case fromDevice = 0x3C  // <
  }

  private var descriptor: CInt

  /// Appends to `<directory>/line-<name>.log`, making the file when it is missing.
  /// - Throws: `cannotWrite`.
  init(directory: String, line: LineName) throws(GatewayError) {
    let path = "\(directory)/line-\(line).log"
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw GatewayError(
        .cannotWrite, "The trace \(path) cannot be written: \(String(cString: strerror(errno))).",
        advice: "Give --trace a directory that exists and is writable.")
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  func write(_ direction: Direction, _ bytes: some Collection<UInt8>) {
    guard descriptor >= 0, !bytes.isEmpty else { return }
    var text = Self.timestamp()
    text.reserveCapacity(text.count + 2 * bytes.count + 4)
    text += [0x20, direction.rawValue, 0x20]
    for byte in bytes {
      text.append(Self.digits[Int(byte >> 4)])
      text.append(Self.digits[Int(byte & 15)])
    }
    text.append(0x0A)
    let written = text.withUnsafeBytes { write($0) }
    // A full disk ends the trace, never the line.
    if written != text.count {
      close(descriptor)
      descriptor = -1
    }
  }

  private func write(_ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Glibc)
      Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    #elseif canImport(Musl)
      Musl.write(descriptor, bytes.baseAddress, bytes.count)
    #else
      Darwin.write(descriptor, bytes.baseAddress, bytes.count)
    #endif
  }

  // ISO 8601 with milliseconds, by hand: it is made for every chunk.
  private static func timestamp() -> [UInt8] {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    var parts = tm()
    gmtime_r(&time.tv_sec, &parts)
    var text: [UInt8] = []
    for (value, width, after) in [
      (Int(parts.tm_year) + 1900, 4, "-"), (Int(parts.tm_mon) + 1, 2, "-"), (Int(parts.tm_mday), 2, "T"),
      (Int(parts.tm_hour), 2, ":"), (Int(parts.tm_min), 2, ":"), (Int(parts.tm_sec), 2, "."),
      (time.tv_nsec / 1_000_000, 3, "Z"),
    ] as [(Int, Int, Unicode.Scalar)] {
      var divisor = width == 4 ? 1000 : width == 3 ? 100 : 10
      while divisor > 0 {
        text.append(digits[value / divisor % 10])
        divisor /= 10
      }
      text.append(UInt8(after.value))
    }
    return text
  }

  private static let digits = [UInt8]("0123456789abcdef".utf8)
}
