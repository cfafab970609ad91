import CoAPStream
import Synchronization

/// The gateways that are connected, by name: the manager's ways to devices.
final class GatewayConnections: DeviceTransport {
  private let connections = Mutex<[String: CoAPConnection]>([:])

  /// The newest connection of a gateway counts: an older one is most likely dead and only does not know it.
  ///
  /// - Returns: the connection it takes the place of.
  func add(_ connection: CoAPConnection, of gateway: String) -> CoAPConnection? {
    connections.withLock { $0.updateValue(connection, forKey: gateway) }
  }

  /// - Returns: whether this was the gateway's connection in use.
  func remove(_ connection: CoAPConnection, of gateway: String) -> Bool {
    connections.withLock { connections in
      guard connections[gateway] === connection else { return false }
      connections[gateway] = nil
      return true
    }
  }

  var count: Int { connections.withLock { $0.count } }

  func isConnected(_ gateway: String) -> Bool {
    connections.withLock { $0[gateway] != nil }
  }

  func request(
    _ message: CoAPMessage, over route: Route, timeout: Duration
  ) async throws(ManagerError) -> CoAPMessage {
    guard let connection = connections.withLock({ $0[route.gateway] }) else {
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
