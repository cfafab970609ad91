/// The device that a Uri-Host names: `<line>.<gateway>`.
///
/// A routing hint, never an identity: whoever sits on that line answers.
struct Target {
  /// The first label.
  let line: LineName
  /// All after the first dot.
  let gateway: String

  /// - Returns: nil when the value is not UTF-8, has no dot, or starts with no line's name.
  init?(uriHost: [UInt8]) {
    // Host names know no case (RFC 7252 §6.1).
    guard let host = String(validating: uriHost, as: UTF8.self)?.lowercased(), let dot = host.firstIndex(of: "."),
      let line = LineName(String(host[..<dot]))
    else { return nil }
    self.line = line
    self.gateway = String(host[host.index(after: dot)...])
  }
}
