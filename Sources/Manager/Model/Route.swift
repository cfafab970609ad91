/// The line a device hangs on, and the gateway that has the line.
struct Route: Sendable, Hashable, Codable {
  var gateway: String
  var line: String

  init(gateway: String, line: String) {
    self.gateway = gateway
    self.line = line
  }

  /// The Uri-Host that names the line to the gateway (DESIGN §3).
  var uriHost: String { "\(line).\(gateway)" }
}

extension Route {
  /// The endpoint's address in the line's name, for an endpoint of a gateway's UDP side: `u-<address>-<port>`, and the
  /// interface behind it where there is one (docs/spec/udp.md). Nil for a serial line.
  var udpAddress: String? {
    let parts = line.split(separator: "-", omittingEmptySubsequences: false)
    guard (3...4).contains(parts.count), parts[0] == "u", parts[1].count == 8 || parts[1].count == 32,
      parts[2].count == 4, parts[1...].allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(\.isHexadecimalDigit) })
    else { return nil }
    return parts.count == 4 ? "\(parts[1])-\(parts[3])" : String(parts[1])
  }

  /// Whether a device that was on the other route and is on this one has not been moved: its port means nothing, for routers
  /// on its way give it a new one when they like.
  func isSamePlace(_ other: Route) -> Bool {
    if self == other { return true }
    guard gateway == other.gateway, let udpAddress else { return false }
    return udpAddress == other.udpAddress
  }
}

extension UInt8 {
  fileprivate var isHexadecimalDigit: Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self)
  }
}
