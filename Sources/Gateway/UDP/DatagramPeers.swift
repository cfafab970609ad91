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
  private var linesOfAddress: [AddressKey: Set<LineName>] = [:]
  /// When each wants to be looked at.
  private var timers = DeadlineQueue<LineName>()
  /// Those who have not shown that they are where they say, the one silent for longest first.
  private var strangers = DeadlineQueue<LineName>()
  /// Requests that the manager is answering, and those among them of strangers.
  private(set) var requestsUnderWay = 0
  private(set) var requestsOfStrangers = 0
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
  var deadline: UInt64? { timers.first?.deadline }

  func line(of key: EndpointKey) -> LineName? { lines[key] }

  /// To be called when something has happened with an endpoint: what it waits for may be another.
  func reschedule(_ peer: DatagramPeer) {
    guard peers[peer.line] === peer else { return }
    timers.set(peer.line, peer.deadline(idleMilliseconds: settings.idleMilliseconds))
    strangers.set(peer.line, peer.isVerified ? nil : peer.lastHeard)
  }

  /// Takes out everybody who is to be looked at now; each is to be rescheduled or forgotten.
  func takeDue(now: UInt64) -> [DatagramPeer] { timers.removeDue(now: now).compactMap { peers[$0] } }

  // MARK: Requests with the manager

  func begin(_ token: Token, _ messageID: UInt16, of peer: DatagramPeer) {
    guard peer.requests.updateValue(messageID, forKey: token) == nil else { return }
    requestsUnderWay += 1
    if !peer.isVerified { requestsOfStrangers += 1 }
  }

  /// - Returns: the message id that the request came with; nil when there is no such request.
  func end(_ token: Token, of peer: DatagramPeer) -> UInt16? {
    guard let messageID = peer.requests.removeValue(forKey: token) else { return nil }
    requestsUnderWay -= 1
    if !peer.isVerified { requestsOfStrangers -= 1 }
    return messageID
  }

  /// The endpoint has shown that it is where it says.
  func verify(_ peer: DatagramPeer) {
    peer.challenge = nil
    guard !peer.isVerified else { return }
    peer.isVerified = true
    requestsOfStrangers -= peer.requests.count
    counters.verified += 1
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
    let peer = DatagramPeer(address, key: key, line: line, layer: layer, now: now)
    peers[line] = peer
    lines[key] = line
    linesOfAddress[key.address, default: []].insert(line)
    reschedule(peer)
    actions.append(.up(line))
    return line
  }

  func forget(_ line: LineName, _ actions: inout [Action]) {
    guard let peer = peers.removeValue(forKey: line) else { return }
    lines[peer.key] = nil
    linesOfAddress[peer.key.address]?.remove(line)
    if linesOfAddress[peer.key.address]?.isEmpty == true { linesOfAddress[peer.key.address] = nil }
    timers.set(line, nil)
    strangers.set(line, nil)
    requestsUnderWay -= peer.requests.count
    if !peer.isVerified { requestsOfStrangers -= peer.requests.count }
    actions.append(.down(line))
  }

  private func makeRoom(for key: EndpointKey, _ actions: inout [Action]) -> Bool {
    let neighbours = linesOfAddress[key.address] ?? []
    let place: LineName?
    if neighbours.count >= settings.endpointsPerAddress {
      // Of one's own address anybody may go: whoever opens port after port takes his own place.
      place =
        neighbours.compactMap { peers[$0] }.min {
          ($0.isVerified ? 1 : 0, $0.lastHeard) < ($1.isVerified ? 1 : 0, $1.lastHeard)
        }?.line
    } else if peers.count >= settings.endpoints {
      place = strangers.first?.key
    } else {
      return true
    }
    guard let place else { return false }
    counters.crowdedOut += 1
    forget(place, &actions)
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
