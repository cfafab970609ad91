import Edge
import NIOCore

/// Where the manager listens for gateways: `HOST:PORT`, `[IPV6]:PORT`, or a host alone with the port of coaps+tcp.
public struct ManagerAddress: Hashable, Sendable, CustomStringConvertible {
  /// A name, or a numeric address without brackets.
  public let host: String
  /// 1 to 65535.
  public let port: Int

  /// The registered port of coaps+tcp (RFC 8323 §11.7).
  public static let defaultPort = 5_684

  /// An address by its parts.
  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// - Throws: `badConfiguration`.
  public init(parsing text: String) throws(GatewayError) {
    guard let address = HostPort(text, usualPort: Self.defaultPort), address.port > 0 else {
      throw GatewayError(
        .badConfiguration, "'\(text)' is no address of a manager.",
        advice: "Write HOST:PORT, for example manager.example.net:\(Self.defaultPort).")
    }
    self.init(host: address.host, port: address.port)
  }

  public var description: String { HostPort(host: host, port: port).description }

  /// The name that TLS asks for and verifies; nil for a numeric address, which is verified as an address.
  var serverName: String? {
    (try? SocketAddress(ipAddress: host, port: port)) == nil ? host : nil
  }
}
