import CoAP
import CoAPStream
import NIOCore

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
  func keepConnected(_ first: ManagerConnector) async {
    var connector = first
    var backoff = configuration.managerBackoff
    var generator = SystemRandomNumberGenerator()
    while !Task.isCancelled {
      if let renewed = renewedConnector() { connector = renewed }
      var renewed: ManagerConnector?
      let failure: String
      do {
        let connection = try await connector.connect()
        connected()
        startLines()
        let start = ContinuousClock.now
        defer { if start.duration(to: .now) > Self.settled { backoff.reset() } }
        renewed = try await serve(connection)
        failure = renewed == nil ? "the manager closed the connection" : "its certificate was renewed"
      } catch CoAPConnectionError.aborted(let sentence) {
        // The manager has its reason, for example another gateway of this name: calling at once would be a fight.
        backoff.raise()
        failure = ConnectionFailure.describe(CoAPConnectionError.aborted(sentence))
      } catch {
        failure = ConnectionFailure.describe(error)
      }
      disconnected()
      if Task.isCancelled { break }
      startLines()
      connector = renewed ?? connector
      let delay = renewed == nil ? backoff.next(using: &generator) : .zero
      managerNote.lastFailure = failure
      report(.managerDisconnected(configuration.manager, reason: failure, retryAfter: delay))
      try? await Task.sleep(for: delay)
    }
  }

  // A manager that takes the connection and then ends it, because it does not know the gateway, is not to be hammered.
  private static let settled = Duration.seconds(5)

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
    // A request that came in the very moment the connection ended was handed to nobody.
    perform(router.managerLeft(now: now))
  }

  // Both directions over one connection, until it ends or there is a certificate to prove anew. Returns what connects
  // with that.
  private func serve(_ connection: CoAPConnection) async throws -> ManagerConnector? {
    let (stream, asks) = AsyncStream.makeStream(of: Ask.self)
    self.asks = asks
    return try await withThrowingTaskGroup(of: ManagerConnector?.self) { group in
      group.addTask {
        try await connection.run { await self.answer(to: $0, over: connection) }
        return nil
      }
      group.addTask {
        await self.forward(stream, over: connection)
        return nil
      }
      group.addTask { try await self.awaitRenewal() }
      group.addTask { try await self.renewInTime(over: connection) }
      defer { group.cancelAll() }
      let renewed = try await group.next() ?? nil
      if renewed != nil { await connection.close() }
      return renewed
    }
  }

  private func awaitRenewal() async throws -> ManagerConnector {
    while true {
      // Files are replaced by whoever renews them; there is no way to be told of it that works on every file system.
      try await Task.sleep(for: configuration.identityCheckInterval)
      if let renewed = renewedConnector() { return renewed }
    }
  }

  // Bounded by the router: each line has only so many requests with the manager.
  private func forward(_ asks: AsyncStream<Ask>, over connection: CoAPConnection) async {
    await withDiscardingTaskGroup { group in
      for await ask in asks {
        group.addTask { await self.ask(ask, over: connection) }
      }
    }
  }

  private func ask(_ ask: Ask, over connection: CoAPConnection) async {
    do {
      let answer = try await connection.request(ask.message, timeout: configuration.managerAnswerTimeout)
      perform(router.managerAnswered(ask.id, answer, now: now))
    } catch CoAPConnectionError.timedOut {
      managerFailed(ask.id, .timedOut)
    } catch CoAPConnectionError.messageTooLarge {
      managerFailed(ask.id, .tooLarge)
    } catch {
      managerFailed(ask.id, .away)
    }
  }

  // The manager's request: waits for the device, or until the connection has ended and nobody wants the answer.
  private func answer(to request: CoAPMessage, over connection: CoAPConnection) async -> CoAPMessage {
    if request.uriHost == identity.name, request.code == .post, request.uriPath == ["renew"] {
      return await renewOnDemand(over: connection)
    }
    let (id, actions) = router.managerRequested(request, now: now)
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        callers[id] = continuation
        perform(actions)
      }
    } onCancel: {
      eventLoop.execute { self.assumeIsolated { $0.perform($0.router.managerGaveUp(id)) } }
    }
  }
}
