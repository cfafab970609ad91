import Foundation
import OSCORE

/// The handshakes under way: a table of fixed size that nobody can fill for others.
///
/// Message 1 costs a stranger nothing, so each gets little: a line two places, a gateway as many as its limit. Whoever needs
/// more loses his own oldest; only a table that is full of many gateways' handshakes takes from the one that has most.
struct HandshakeTable {
  struct Limits: Sendable {
    /// In all.
    var total = 2048
    /// Of one gateway certificate.
    var gateway = 64
    /// Of one line: the handshake under way, and the one that a restarted device begins.
    var line = 2
    /// From how many of one gateway's on its message 1 must bring an Echo.
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

  func count(of gateway: String) -> Int { queues[gateway]?.count ?? 0 }

  /// Whether a gateway has so many under way that the next must show that it can take an answer.
  func isLoaded(_ gateway: String) -> Bool { count(of: gateway) >= limits.load }

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
  mutating func insert(_ handshake: PendingHandshake, as identifier: ConnectionIdentifier) {
    let route = handshake.route
    let ofLine = (queues[route.gateway] ?? []).filter { entries[$0]?.route == route }
    if ofLine.count >= limits.line, let oldest = ofLine.first { remove(oldest)?.end() }
    if count(of: route.gateway) >= limits.gateway, let oldest = queues[route.gateway]?.first { remove(oldest)?.end() }
    if entries.count >= limits.total, let most = queues.max(by: { $0.value.count < $1.value.count })?.value.first {
      remove(most)?.end()
    }
    entries[identifier] = handshake
    queues[route.gateway, default: []].append(identifier)
  }

  /// Takes one out. Only from where it began: a connection identifier that another gateway guessed opens nothing.
  mutating func take(_ identifier: ConnectionIdentifier, over route: Route) -> PendingHandshake? {
    guard entries[identifier]?.route == route else { return nil }
    return remove(identifier)
  }

  private mutating func remove(_ identifier: ConnectionIdentifier) -> PendingHandshake? {
    guard let handshake = entries.removeValue(forKey: identifier) else { return nil }
    let gateway = handshake.route.gateway
    queues[gateway]?.removeAll { $0 == identifier }
    if queues[gateway]?.isEmpty == true { queues[gateway] = nil }
    return handshake
  }
}
