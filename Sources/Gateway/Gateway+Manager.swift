import CoAP
import CoAPStream

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension Gateway {
  /// What is remembered of the manager for the status.
  struct ManagerNote {
    let address: ManagerAddress
    var isConnected = false
    var since: Date?
    var connections = 0
    var lastFailure: String?

    var status: GatewayStatus.ManagerStatus {
      GatewayStatus.ManagerStatus(
        address: address.description, isConnected: isConnected, since: since, connections: connections,
        lastFailure: lastFailure)
    }
  }

  /// Calls the manager, and calls again, until the task is cancelled. The lines go on meanwhile.
  func keepConnected(_ connector: ManagerConnector) async {
    var backoff = configuration.managerBackoff
    var generator = SystemRandomNumberGenerator()
    while !Task.isCancelled {
      let failure: String
      do {
        let connection = try await connector.connect()
        backoff.reset()
        connected()
        try await serve(connection)
        failure = "the manager closed the connection"
      } catch {
        failure = ManagerConnector.describe(error)
      }
      disconnected()
      if Task.isCancelled { break }
      let delay = backoff.next(using: &generator)
      managerNote.lastFailure = failure
      report(.managerDisconnected(configuration.manager, reason: failure, retryAfter: delay))
      try? await Task.sleep(for: delay)
    }
  }

  func managerFailed(_ id: ExchangeID, _ failure: ManagerFailure) {
    perform(router.managerFailed(id, failure, now: now))
  }

  private func connected() {
    router.isManagerConnected = true
    managerNote.isConnected = true
    managerNote.since = .now
    managerNote.connections += 1
    report(.managerConnected(configuration.manager))
  }

  private func disconnected() {
    asks?.finish()
    asks = nil
    if managerNote.isConnected {
      managerNote.isConnected = false
      managerNote.since = .now
    }
    perform(router.managerLeft(now: now))
  }

  // Both directions over one connection, until it ends.
  private func serve(_ connection: CoAPConnection) async throws {
    let (stream, asks) = AsyncStream.makeStream(of: Ask.self)
    self.asks = asks
    await withDiscardingTaskGroup { group in
      for await ask in stream {
        group.addTask { await self.ask(ask, over: connection) }
      }
    }
  }

  private func ask(_ ask: Ask, over connection: CoAPConnection) async {
    do {
      let answer = try await connection.request(ask.message, timeout: configuration.managerAnswerTimeout)
      perform(router.managerAnswered(ask.id, answer, now: now))
    } catch {
      managerFailed(ask.id, .away)
    }
  }

  /// The manager's request: waits for the device.
  private func answer(to request: CoAPMessage) async -> CoAPMessage {
    await withCheckedContinuation { continuation in
      let (id, actions) = router.managerRequested(request, now: now)
      callers[id] = continuation
      perform(actions)
    }
  }
}
