import NIOCore
import Testing

@testable import Gateway

@Suite("Endpoints and their names")
struct EndpointKeyTests {
  @Test(
    "The name tells the address and the port, and is a DNS label",
    arguments: [
      ("127.0.0.1", 5_683, "u-7f000001-1633"), ("255.255.255.255", 65_535, "u-ffffffff-ffff"),
      ("::ffff:127.0.0.1", 5_683, "u-7f000001-1633"), ("::1", 1, "u-00000000000000000000000000000001-0001"),
      ("2001:db8::a:b", 40_000, "u-20010db80000000000000000000a000b-9c40"),
    ])
  func names(host: String, port: Int, name: String) throws {
    let key = try #require(EndpointKey(try SocketAddress(ipAddress: host, port: port)))
    #expect(key.line?.rawValue == name)
  }

  @Test("Two endpoints never share a name, nor a rate with another network's")
  func distinct() throws {
    let addresses = try [
      ("10.0.0.1", 1), ("10.0.0.1", 2), ("10.0.0.2", 1), ("::a00:1", 1), ("fe80::1", 1), ("fe80::2", 1),
    ]
    .map { try #require(EndpointKey(try SocketAddress(ipAddress: $0.0, port: $0.1))) }
    #expect(Set(addresses).count == 6 && Set(addresses.compactMap(\.line)).count == 6)
    #expect(addresses[0].address == addresses[1].address && addresses[0].address != addresses[2].address)
    #expect(addresses[4].address == addresses[5].address)  // one /64
  }

  @Test("What nobody can answer is no endpoint")
  func none() throws {
    #expect(EndpointKey(try SocketAddress(ipAddress: "10.0.0.1", port: 0)) == nil)
    #expect(EndpointKey(try SocketAddress(unixDomainSocketPath: "/x")) == nil)
  }

  @Test(
    "An address to listen at is numeric",
    arguments: [
      ("127.0.0.1:5700", "127.0.0.1:5700"), ("0.0.0.0", "0.0.0.0:5683"), ("[::]:99", "[::]:99"),
      ("[::1]", "[::1]:5683"),
      ("127.0.0.1:0", "127.0.0.1:0"),
    ])
  func listening(text: String, description: String) throws {
    #expect(try UDPAddress(parsing: text).description == description)
  }

  @Test(
    "Any other is refused", arguments: ["", "localhost:1", "127.0.0.1:65536", "127.0.0.1:x", "[::1]x", "::1", "[]"])
  func refused(text: String) {
    #expect(throws: GatewayError(.badConfiguration, "", advice: "")) { try UDPAddress(parsing: text) }
  }

  @Test("A line of the configuration must not be named like an endpoint, while there are any")
  func lineNames() throws {
    let identity = try TestPKI().gatewayIdentity()
    let lines = [try NamedLine(parsing: "u-7f000001-1633=/dev/x")]
    let manager = ManagerAddress(host: "m", port: 1)
    let udp = UDPSettings(address: try UDPAddress(parsing: "127.0.0.1:0"))
    #expect(throws: GatewayError(.badConfiguration, "", advice: "")) {
      try GatewayConfiguration(identity: identity, manager: manager, lines: lines, udp: udp)
    }
    _ = try GatewayConfiguration(identity: identity, manager: manager, lines: lines)
    _ = try GatewayConfiguration(identity: identity, manager: manager, lines: [], udp: udp)
  }
}
