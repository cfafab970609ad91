#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Whether somebody else is connected to a Unix socket that serves one peer at a time.
///
/// A serial port can be locked; a socket cannot. QEMU lets a second connection wait without a word until the first one
/// ends, which looks like a device that does not answer. The kernel's table tells the two apart.
enum SocketHolder {
  /// - Throws: `inUse`. Never when the system has no such table: then the device's silence is all there is.
  static func check(_ path: String) throws(GatewayError) {
    guard isHeld(path, table: table()) else { return }
    throw GatewayError(
      .inUse, "unix:\(path) is held by another process.",
      advice: "Stop the other gateway or terminal program; it serves one at a time.")
  }

  /// Reads rows of `Num RefCount Protocol Flags Type St Inode Path`, numbers in hexadecimal (proc_pid_net(5)).
  static func isHeld(_ path: String, table: String) -> Bool {
    table.split(separator: "\n").contains { row in
      let fields = row.split(separator: " ", maxSplits: 7, omittingEmptySubsequences: true)
      guard fields.count == 8, fields[7] == path, let references = UInt32(fields[1], radix: 16) else { return false }
      // States 2 and 3: waiting to be accepted, and connected. A peer that is gone no longer holds its reference.
      return references >= 3 && (fields[5] == "02" || fields[5] == "03")
    }
  }

  private static func table() -> String {
    guard let file = fopen("/proc/net/unix", "r") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = fread(&part, 1, part.count, file)
      guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
      bytes += part[..<count]
    }
  }
}
