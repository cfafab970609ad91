import Foundation
import OSCORE

/// The handshakes under way: a table of fixed size that nobody can fill for others.
///
/// Message 1 costs a stranger nothing, so each gets little: a line two places, a gateway as many as its limit. Whoever needs
/// more loses his own oldest; only a table that is full of many gateways' handshakes takes from the one that has most.
///
/// Within a gateway's places it is the same once most are taken. A newcomer takes the place of whoever has several: a line, or
/// an address of the UDP side, behind which there are many lines for the asking. A serial line, which nobody can forge but
/// the gateway itself, takes an endpoint's, whose address may be forged. Only who has nobody to take from must bring an Echo.
struct HandshakeTable {
  struct Limits: Sendable {
    /// In all.
    var total = 2048
    /// Of one gateway certificate.
    var gateway = 64
    /// Of one line: the handshake under way, and the one that a restarted device begins.
    var line = 2
    /// From how many of one gateway's on message 1 takes another's place or must bring an Echo.
    var load = 48
    /// How long message 3 may take, in seconds: a small device over a slow line needs up to twenty.
    var lifetime: TimeInterval = 60
  }

  let limits: Limits
  private var entries: [ConnectionIdentifier: PendingHandshake] = [:]
  /// Each gateway's, oldest first.
  private var queues: [String: [ConnectionIdentifier]] = [:]

  init(limits: Limits) { self.limits = limits }

  var count: Int { entries.count }

  var underWay: [PendingHandshake] { Array(entries.values) }

  func count(of gateway: String) -> Int { queues[gateway]?.count ?? 0 }

  /// Whether the next message 1 of a line must show that it can take an answer (RFC 9175).
  func demandsEcho(_ route: Route) -> Bool { isLoaded(route.gateway) && placeTaken(by: route) == nil }

  func contains(_ identifier: ConnectionIdentifier) -> Bool { entries[identifier] != nil }

  /// Ends what has waited too long for its message 3, so that a flood leaves no trace when it is over.
  mutating func expire(of gateway: String, at now: Date) {
    while let oldest = queues[gateway]?.first, let entry = entries[oldest],
      now.timeIntervalSince(entry.since) > limits.lifetime
    {
      remove(oldest)?.end()
    }
  }

  /// Puts one in, and ends those that have to make room.
  ///
  /// - Parameter isEchoed: whether it brought an Echo, and so takes a place beyond the load.
  mutating func insert(_ handshake: PendingHandshake, as identifier: ConnectionIdentifier, isEchoed: Bool) {
    let route = handshake.route
    let ofLine = identifiers(of: route.gateway) { $0 == route }
    if ofLine.count >= limits.line, let oldest = ofLine.first {
      remove(oldest)?.end()
    } else if isLoaded(route.gateway), !isEchoed, let place = placeTaken(by: route) {
      remove(place)?.end()
    }
    if count(of: route.gateway) >= limits.gateway { makeRoom(of: route.gateway) }
    if entries.count >= limits.total, let most = queues.max(by: { $0.value.count < $1.value.count })?.key {
      makeRoom(of: most)
    }
    entries[identifier] = handshake
    queues[route.gateway, default: []].append(identifier)
  }

  /// Takes one out. Only from where it began: a connection identifier that another gateway guessed opens nothing.
  mutating func take(_ identifier: ConnectionIdentifier, over route: Route) -> PendingHandshake? {
    guard entries[identifier]?.route == route else { return nil }
    return remove(identifier)
  }

  /// Ends the oldest handshake of the place that has most, an endpoint's rather than a serial line's. An Echo shows that an
  /// address can be reached, not that all are its own.
  private mutating func makeRoom(of gateway: String) {
    let all = identifiers(of: gateway) { _ in true }
    let counts = all.reduce(into: [:]) { $0[entries[$1]?.route.place ?? "", default: 0] += 1 }
    func weight(_ identifier: ConnectionIdentifier) -> (Int, Int) {
      guard let route = entries[identifier]?.route else { return (0, 0) }
      return (counts[route.place] ?? 0, route.udpAddress == nil ? 0 : 1)
    }
    // The first of equals: they are in order of age.
    guard var heaviest = all.first else { return }
    for other in all.dropFirst() where weight(other) > weight(heaviest) { heaviest = other }
    remove(heaviest)?.end()
  }

  private func isLoaded(_ gateway: String) -> Bool { count(of: gateway) >= limits.load }

  /// Whose place a line's message 1 takes under load; nil when it may take none. At most 64 are looked at.
  private func placeTaken(by route: Route) -> ConnectionIdentifier? {
    let isSerial = route.udpAddress == nil
    // The line's own: on a serial line the device that asks is the one that asked.
    if isSerial, let own = identifiers(of: route.gateway, where: { $0 == route }).first { return own }
    let byPlace = Dictionary(grouping: identifiers(of: route.gateway) { _ in true }) { entries[$0]?.route.place ?? "" }
    guard byPlace[route.place] == nil else { return nil }
    let most = byPlace.values.map(\.count).max() ?? 0
    return identifiers(of: route.gateway) { other in
      most > 1 ? byPlace[other.place]?.count == most : isSerial && other.udpAddress != nil
    }.first
  }

  /// A gateway's handshakes of some of its lines, oldest first.
  private func identifiers(of gateway: String, where isMeant: (Route) -> Bool) -> [ConnectionIdentifier] {
    (queues[gateway] ?? []).filter { entries[$0].map { isMeant($0.route) } ?? false }
  }

  private mutating func remove(_ identifier: ConnectionIdentifier) -> PendingHandshake? {
    guard let handshake = entries.removeValue(forKey: identifier) else { return nil }
    let gateway = handshake.route.gateway
    queues[gateway]?.removeAll { $0 == identifier }
    if queues[gateway]?.isEmpty == true { queues[gateway] = nil }
    return handshake
  }
}

extension Route {
  /// What counts as one line under load: all endpoints of one address together, since they cost their owner nothing, and all
  /// addresses of one IPv6 network of 64 bits, since one host can have them.
  fileprivate var place: String {
    guard let udpAddress else { return line }
    let parts = udpAddress.split(separator: "-")
    guard parts[0].count == 32 else { return "u-\(udpAddress)" }
    return (["u", parts[0].prefix(16)] + parts.dropFirst()).joined(separator: "-")
  }
}
