import Edge
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
    guard let given = HostPort(text, usualPort: Self.defaultPort),
      let address = try? SocketAddress(ipAddress: given.host, port: given.port)
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
    HostPort(host: address.ipAddress ?? "?", port: address.port ?? 0).description
  }
}
