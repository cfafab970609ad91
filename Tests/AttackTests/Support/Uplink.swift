import CoAPStream
import Synchronization

@testable import Manager

/// The manager's way to its lines: whoever drives the story carries what it asks, and brings the answers.
final class Uplink: LineTransport {
  /// A request of the manager's, for the line that its Uri-Host names.
  struct Call: Sendable {
    let number: Int
    let message: CoAPMessage
  }
  private struct State {
    var fresh: [Call] = []
    var waiting: [Int: CheckedContinuation<CoAPMessage?, Never>] = [:]
    var next = 0
    var isOver = false
  }
  private let state = Mutex(State())

  /// How many requests wait for their answers.
  var pendingCount: Int { state.withLock { $0.waiting.count } }

  /// Whether something has been asked since ``take()``.
  var hasFresh: Bool { state.withLock { !$0.fresh.isEmpty } }

  /// What has been asked since the last call.
  func take() -> [Call] {
    state.withLock { state in
      defer { state.fresh = [] }
      return state.fresh
    }
  }

  func complete(_ number: Int, _ answer: CoAPMessage) {
    state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(returning: answer)
  }

  /// Nobody carries anything any more.
  func end() {
    let left = state.withLock { state in
      state.isOver = true
      defer { state.waiting = [:] }
      return state.waiting
    }
    for continuation in left.values { continuation.resume(returning: nil) }
  }

  func request(
    _ message: CoAPMessage, over route: Route, timeout: Duration
  ) async throws(ManagerError) -> CoAPMessage {
    var message = message
    message.uriHost = route.uriHost
    let asked = message
    let answer: CoAPMessage? = await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        guard !state.isOver else { return true }
        state.next += 1
        state.fresh.append(Call(number: state.next, message: asked))
        state.waiting[state.next] = continuation
        return false
      }
      if isOver { continuation.resume(returning: nil) }
    }
    guard let answer else { throw ManagerError(.unreachable, "The story is over.") }
    return answer
  }
}
