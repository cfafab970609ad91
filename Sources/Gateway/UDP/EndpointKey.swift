import NIOCore

/// An address without its port, as rates are counted by: IPv4 whole, of IPv6 the first half, which one host can have
/// all of.
struct AddressKey: Hashable, Sendable {
  let high: UInt64
  let low: UInt64
}

/// An endpoint of CoAP over UDP: address, port and, for link-local addresses, the interface.
struct EndpointKey: Hashable, Sendable {
  private let high: UInt64
  private let low: UInt64
  private let port: UInt16
  private let scope: UInt32
  private let isIPv4: Bool

  /// - Returns: nil for an address that is not of IP, or that nobody can answer (port 0).
  init?(_ address: SocketAddress) {
    guard let port = address.port.flatMap({ UInt16(exactly: $0) }), port > 0, let bytes = Self.bytes(of: address) else {
      return nil
    }
    let high = bytes.address.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    let low = bytes.address.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
    self.port = port
    // An IPv4 peer of an IPv6 socket is the same endpoint as of an IPv4 socket (RFC 4291 §2.5.5.2).
    self.isIPv4 = high == 0 && low >> 32 == 0xFFFF
    self.high = high
    self.low = low
    self.scope = isIPv4 ? 0 : bytes.scope
  }

  /// The address in the form of IPv6, IPv4's mapped into it; read at its place in `sockaddr_in` (bytes 4 to 7) or
  /// `sockaddr_in6` (bytes 8 to 23, the scope in 24 to 27), which is the same on every system NIO runs on.
  private static func bytes(of address: SocketAddress) -> (address: [UInt8], scope: UInt32)? {
    switch address {
    case .v4(let address):
      let bytes = withUnsafeBytes(of: address.address) { Array($0[4..<8]) }
      return (Array(repeating: 0, count: 10) + [0xFF, 0xFF] + bytes, 0)
    case .v6(let address):
      return withUnsafeBytes(of: address.address) {
        (Array($0[8..<24]), $0.loadUnaligned(fromByteOffset: 24, as: UInt32.self))
      }
    case .unixDomainSocket: return nil
    }
  }

  var address: AddressKey { AddressKey(high: high, low: isIPv4 ? low : 0) }

  /// What the manager calls it by: `u-<address>-<port>`, and the interface where there is one, all in hexadecimal. One
  /// name an endpoint, and the address can be read in it.
  var line: LineName? {
    let address = isIPv4 ? Self.hex(low & 0xFFFF_FFFF, 8) : Self.hex(high, 16) + Self.hex(low, 16)
    let interface = scope == 0 ? "" : "-" + String(scope, radix: 16)
    return LineName(Self.linePrefix + address + "-" + Self.hex(UInt64(port), 4) + interface)
  }

  /// No line of the configuration may begin like this while the gateway serves UDP.
  static let linePrefix = "u-"

  private static func hex(_ value: UInt64, _ digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: digits - text.count) + text
  }
}
