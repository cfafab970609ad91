import CoAPStream
import Synchronization

/// The gateways that are connected, by name: the manager's ways to devices.
final class GatewayConnections: LineTransport {
  private struct Entry {
    let connection: CoAPConnection
    /// The certificate it was let in with.
    let certificate: CertificateID
  }
  private let entries = Mutex<[String: Entry]>([:])
  /// The gateways that an administrator wants renewed now.
  private let wanted = Mutex<Set<String>>([])

  /// The newest connection of a gateway counts: an older one is most likely dead and only does not know it.
  ///
  /// - Returns: the connection it takes the place of.
  func add(_ connection: CoAPConnection, of gateway: String, with certificate: CertificateID) -> CoAPConnection? {
    let entry = Entry(connection: connection, certificate: certificate)
    return entries.withLock { $0.updateValue(entry, forKey: gateway)?.connection }
  }

  /// - Returns: whether this was the gateway's connection in use.
  func remove(_ connection: CoAPConnection, of gateway: String) -> Bool {
    entries.withLock { entries in
      guard entries[gateway]?.connection === connection else { return false }
      entries[gateway] = nil
      return true
    }
  }

  /// Ends the gateway's connection if it came with another certificate than the one in force.
  func close(_ gateway: String, unlessWith certificate: CertificateID) async {
    let entry = entries.withLock { $0[gateway] }
    guard let entry, entry.certificate != certificate else { return }
    await entry.connection.abort("the gateway was enrolled anew, and this certificate is not in force any more")
  }

  /// Ends the gateway's connection.
  ///
  /// - Returns: whether there was one.
  func close(_ gateway: String, because sentence: String) async -> Bool {
    guard let entry = entries.withLock({ $0[gateway] }) else { return false }
    await entry.connection.abort(sentence)
    return true
  }

  var count: Int { entries.withLock { $0.count } }

  func isConnected(_ gateway: String) -> Bool { entries.withLock { $0[gateway] != nil } }

  func isRenewalWanted(of gateway: String) -> Bool { wanted.withLock { $0.contains(gateway) } }

  func wantRenewal(of gateway: String, _ isWanted: Bool) {
    wanted.withLock { wanted in
      if isWanted { _ = wanted.insert(gateway) } else { _ = wanted.remove(gateway) }
    }
  }

  /// A request to the gateway itself.
  func request(
    _ message: CoAPMessage, to gateway: String, timeout: Duration
  ) async throws(ManagerError) -> CoAPMessage {
    guard let connection = entries.withLock({ $0[gateway]?.connection }) else {
      throw ManagerError(.unreachable, "Gateway '\(gateway)' is not connected.", remedy: "Start it, then try again.")
    }
    var message = message
    message.uriHost = gateway
    do {
      return try await connection.request(message, timeout: timeout)
    } catch {
      throw ManagerError(.unreachable, "Gateway '\(gateway)' did not answer: \(error).")
    }
  }

  func request(
    _ message: CoAPMessage, over route: Route, timeout: Duration
  ) async throws(ManagerError) -> CoAPMessage {
    guard let connection = entries.withLock({ $0[route.gateway]?.connection }) else {
      throw ManagerError(.unreachable, "Its gateway '\(route.gateway)' is not connected.")
    }
    var message = message
    message.uriHost = route.uriHost
    do {
      return try await connection.request(message, timeout: timeout)
    } catch CoAPConnectionError.timedOut {
      throw ManagerError(.unreachable, "It did not answer on line '\(route.line)' of gateway '\(route.gateway)'.")
    } catch {
      throw ManagerError(.unreachable, "The connection to gateway '\(route.gateway)' failed: \(error).")
    }
  }
}
