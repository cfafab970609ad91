import Foundation

/// A TCP port of this machine that nobody listens on now: for a part whose address others write down before it starts.
enum FreePort {
  /// - Throws: ``DemoError`` when the system gives none.
  static func find() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw refusal }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(descriptor, pointer, length) == 0 ? getsockname(descriptor, pointer, &length) : -1
      }
    }
    guard status == 0 else { throw refusal }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  private static var refusal: DemoError {
    DemoError("the system gives no free port: \(String(cString: strerror(errno)))", hint: "ss -ltn")
  }
}
