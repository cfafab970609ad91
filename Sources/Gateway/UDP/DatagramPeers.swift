import CoAP
import NIOCore

/// All endpoints of the UDP side: datagrams and time in, actions out. Does no I/O.
///
/// To the router each endpoint is a line like any other, that appears with its first request and goes when it has been
/// silent for long; this is its link. What an endpoint can cost is bounded: its datagrams, its requests, its memory,
/// and what it can have sent to somebody else's address. Lives on the gateway's event loop.
final class DatagramPeers {
  let settings: UDPSettings
  var counters = UDPCounters()
  var peers: [LineName: DatagramPeer] = [:]
  private var lines: [EndpointKey: LineName] = [:]
  var admission: AdmissionControl
  var generator: any RandomNumberGenerator & Sendable

  /// What is to be done.
  enum Action: Equatable {
    case write([UInt8], to: SocketAddress)
    /// A new line with its first message, and a line that is no more.
    case up(LineName)
    case down(LineName)
    /// A message of the line, framed as on reliable transports.
    case message(LineName, [UInt8])
    /// The request that the line was sent last has arrived, or was given up.
    case delivered(LineName)
    case undelivered(LineName)
  }

  init(_ settings: UDPSettings, generator: any RandomNumberGenerator & Sendable, now: UInt64) {
    self.settings = settings
    self.generator = generator
    self.admission = AdmissionControl(settings, now: now)
  }

  /// When ``advance(now:)`` wants to be called; nil when there is nobody.
  var deadline: UInt64? {
    let idle = settings.idleMilliseconds
    return peers.values.lazy.map { $0.deadline(idleMilliseconds: idle) }.min()
  }

  func line(of key: EndpointKey) -> LineName? { lines[key] }

  /// Requests that the manager is answering.
  func requestsUnderWay(ofStrangers: Bool) -> Int {
    peers.values.reduce(0) { $0 + (!ofStrangers || !$1.isVerified ? $1.requests.count : 0) }
  }

  // MARK: Coming and going

  /// Makes an endpoint known, at another's cost where there is no room.
  ///
  /// - Returns: its line; nil when there is no room: strangers never crowd out who is verified.
  func welcome(_ key: EndpointKey, _ address: SocketAddress, now: UInt64, _ actions: inout [Action])
    -> LineName?
  {
    guard let line = key.line, makeRoom(for: key, &actions) else {
      counters.crowdedOut += 1
      return nil
    }
    let layer = MessageLayer<64>(parameters: settings.transmission, firstMessageID: generator.next())
    peers[line] = DatagramPeer(address, key: key, line: line, layer: layer, now: now)
    lines[key] = line
    actions.append(.up(line))
    return line
  }

  func forget(_ line: LineName, _ actions: inout [Action]) {
    guard let peer = peers.removeValue(forKey: line) else { return }
    lines[peer.key] = nil
    actions.append(.down(line))
  }

  private func makeRoom(for key: EndpointKey, _ actions: inout [Action]) -> Bool {
    let neighbours = peers.values.filter { $0.key.address == key.address }
    if neighbours.count >= settings.endpointsPerAddress {
      // Of one's own address anybody may go: whoever opens port after port takes his own place.
      return crowdOut(neighbours.filter { !$0.isVerified }, orAnyOf: neighbours, &actions)
    }
    guard peers.count >= settings.endpoints else { return true }
    return crowdOut(peers.values.filter { !$0.isVerified }, orAnyOf: [], &actions)
  }

  private func crowdOut(
    _ first: [DatagramPeer], orAnyOf second: [DatagramPeer], _ actions: inout [Action]
  ) -> Bool {
    let oldest = { (peers: [DatagramPeer]) in peers.min { $0.lastHeard < $1.lastHeard } }
    guard let line = (oldest(first) ?? oldest(second))?.line else { return false }
    counters.crowdedOut += 1
    forget(line, &actions)
    return true
  }

  // MARK: Writing

  func write(_ datagram: [UInt8], to peer: DatagramPeer, _ actions: inout [Action]) {
    peer.bytesSent += datagram.count
    counters.sent += 1
    actions.append(.write(datagram, to: peer.address))
  }

  /// Sends a message of four bytes, when the endpoint may be sent so many.
  func writeEmpty(
    _ type: DatagramType, _ messageID: UInt16, to peer: DatagramPeer, _ actions: inout [Action]
  ) {
    guard peer.mayBeSent(DatagramHeader.bytes, amplification: settings.amplification) else { return }
    write(Self.empty(type, messageID), to: peer, &actions)
  }

  static func empty(_ type: DatagramType, _ messageID: UInt16) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: DatagramHeader.bytes)
    var buffer = bytes.mutableSpan
    // Four bytes fit four bytes.
    _ = try? DatagramHeader(type: type, code: .empty, messageID: messageID).write(into: &buffer)
    return bytes
  }
}
