import CoAP
import CoAPStream
import Edge
import NIOCore
import TestKit
import Testing

@testable import Gateway

/// The UDP side's endpoints without a socket, in virtual time, and short ways to talk to them.
final class PeersFixture {
  let peers: DatagramPeers
  var now: UInt64 = 1_000_000

  init(seed: UInt64 = 1, adjust: (inout UDPSettings) -> Void = { _ in }) throws {
    var settings = UDPSettings(address: try UDPAddress(parsing: "127.0.0.1:0"))
    // What only the tests about rates want.
    settings.perAddress = RateLimit(perSecond: 1_000_000, burst: 1_000_000)
    settings.strangers = settings.perAddress
    settings.known = settings.perAddress
    adjust(&settings)
    peers = DatagramPeers(settings, generator: SplitMix(seed: seed), now: now)
  }

  static func address(_ host: String = "10.0.0.1", port: Int = 40_000) -> SocketAddress {
    guard let address = try? SocketAddress(ipAddress: host, port: port) else {
      preconditionFailure("\(host) is no numeric address")
    }
    return address
  }

  static let line = LineName("u-0a000001-9c40")!

  func receive(_ datagram: Wire, from address: SocketAddress = address()) -> [DatagramPeers.Action] {
    peers.receive(datagram.bytes, from: address, now: now)
  }

  /// Hands the peers an answer or a request for the line.
  func send(_ message: CoAPMessage, to line: LineName = line) throws -> [DatagramPeers.Action] {
    peers.send(try message.serialized(), to: line, now: now)
  }

  func advance(by milliseconds: UInt64) -> [DatagramPeers.Action] {
    now += milliseconds
    return peers.advance(now: now)
  }

  /// Makes the endpoint known and passes its challenge.
  func verify(_ address: SocketAddress = address(), id: UInt16 = 0x7000) throws {
    var actions = receive(Wire(.confirmable, .get, id: id, token: [0x77]), from: address)
    let line = try #require(EndpointKey(address)?.line)
    actions = try send(CoAPMessage(code: .content, token: Token([0x77].span)!, payload: big), to: line)
    for delay in [0, 400] as [UInt64] {
      if delay > 0 { actions = advance(by: delay) }
      let ping = try #require(actions.written.first { $0.type == .confirmable && $0.code == .empty })
      actions = receive(Wire(.reset, .empty, id: ping.id), from: address)
    }
    let answer = try #require(actions.written.first { $0.code == .content })
    _ = receive(Wire(.acknowledgement, .empty, id: answer.id), from: address)
    try #require(peers.peers[line]?.isVerified == true)
  }

  let big = [UInt8](repeating: 0xAB, count: 1_000)
}

/// A datagram taken apart.
struct Wire: Equatable {
  var type: DatagramType
  var code: Code
  var id: UInt16
  var token: [UInt8]
  var rest: [UInt8]

  init(_ type: DatagramType, _ code: Code, id: UInt16, token: [UInt8] = [], rest: [UInt8] = []) {
    self.type = type
    self.code = code
    self.id = id
    self.token = token
    self.rest = rest
  }

  init?(_ bytes: [UInt8]) {
    guard let datagram = try? Datagram.parse(bytes.span) else { return nil }
    self.init(
      datagram.type, datagram.message.code, id: datagram.messageID,
      token: (0..<datagram.message.token.count).map { datagram.message.token[$0] },
      rest: Array(bytes[(4 + datagram.message.token.count)...]))
  }

  var bytes: [UInt8] {
    [0x40 | type.rawValue << 4 | UInt8(token.count), code.rawValue, UInt8(id >> 8), UInt8(id & 0xFF)] + token + rest
  }
}

extension [DatagramPeers.Action] {
  /// What goes out, taken apart.
  var written: [Wire] { compactMap { if case .write(let bytes, _) = $0 { Wire(bytes) } else { nil } } }

  /// How many bytes go out to an address.
  func bytes(to address: SocketAddress) -> Int {
    reduce(0) { if case .write(let bytes, address) = $1 { $0 + bytes.count } else { $0 } }
  }

  /// What the router is given.
  var messages: [CoAPMessage] {
    compactMap { if case .message(_, let frame) = $0 { try? CoAPMessage(parsing: frame) } else { nil } }
  }
}
