import NIOCore

/// Where the gateway takes CoAP over UDP: `ADDRESS:PORT` or `[IPV6]:PORT`, or an address alone with CoAP's port.
public struct UDPAddress: Hashable, Sendable, CustomStringConvertible {
  /// The address, with its port.
  let socketAddress: SocketAddress

  /// The registered port of CoAP over UDP (RFC 7252 §6.1).
  public static let defaultPort = 5_683

  /// - Parameter text: a numeric address, so that nobody's name server chooses where a gateway listens. Port 0 lets the
  ///   system choose.
  /// - Throws: `badConfiguration`.
  public init(parsing text: String) throws(GatewayError) {
    var host = Substring(text)
    var port: Substring?
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      host = text[text.index(after: text.startIndex)..<end]
      let rest = text[text.index(after: end)...]
      port = rest.isEmpty ? nil : rest.hasPrefix(":") ? rest.dropFirst() : "?"
    } else if let colon = text.firstIndex(of: ":") {
      host = text[..<colon]
      port = text[text.index(after: colon)...]
    }
    guard let number = port.map({ Int($0) }) ?? Self.defaultPort, (0...65_535).contains(number),
      let address = try? SocketAddress(ipAddress: String(host), port: number)
    else {
      throw GatewayError(
        .badConfiguration, "'\(text)' is no address to listen at.",
        advice: "Write a numeric ADDRESS:PORT, for example 192.168.1.1:\(Self.defaultPort) or [::]:\(Self.defaultPort)."
      )
    }
    self.socketAddress = address
  }

  public var description: String { Self.text(of: socketAddress) }

  static func text(of address: SocketAddress) -> String {
    let host = address.ipAddress ?? "?"
    return (host.contains(":") ? "[\(host)]" : host) + ":\(address.port ?? 0)"
  }
}
