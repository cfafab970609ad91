/// The limit of `sockaddr_un`, said in words before the kernel says it in none.
enum UnixSocketPath {
  /// Bytes of a path, without the terminating zero, that fit `sun_path` on Linux.
  static let maxBytes = 107

  static func check(_ path: String) throws(GatewayError) {
    guard !path.isEmpty, path.utf8.count <= maxBytes, !path.utf8.contains(0) else {
      throw GatewayError(
        .badConfiguration, "'\(path)' cannot be the path of a Unix socket.",
        advice: "Use a path of 1 to \(maxBytes) bytes.")
    }
  }
}
