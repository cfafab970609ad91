import Foundation
import Synchronization

/// Leaves a CA alone that does not answer, so that not every device's order waits for the same silence, and finds out for all
/// of them when it is back.
///
/// After some failures in a row nothing is sent for a while; then one request goes out, and what comes of it decides for the
/// others. Nothing is lost by that: an order that was not sent is open and is sent later.
final class CircuitBreaker: Sendable {
  typealias Instant = ContinuousClock.Instant

  /// When it opens, and for how long.
  struct Rule: Sendable {
    /// Failures in a row that open it.
    var failures = 5
    /// The first pause; each further one is twice as long, up to the longest.
    var firstPause: Duration = .seconds(2)
    var longestPause: Duration = .seconds(60)
  }

  /// How things stand.
  enum Condition: Sendable, Equatable {
    /// Requests go out.
    case closed
    /// None goes out until then.
    case open(until: Instant)
    /// One is on its way and decides.
    case probing
  }

  /// A request that may go out; to be given back with its outcome.
  struct Ticket: Sendable {
    fileprivate let number: Int
  }

  fileprivate struct State {
    var condition = Condition.closed
    var failures = 0
    var pause: Duration = .zero
    var reason = ""
    var tickets = 0
    var probe: Int?
  }

  private let rule: Rule
  private let now: @Sendable () -> Instant
  private let spread: @Sendable (Duration) -> Duration
  private let state = Mutex(State())
  private let (returnStream, returnContinuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

  /// - Parameters:
  ///   - now: the time; tests bring their own.
  ///   - spread: lengthens a pause at random, so that managers that lost the same CA do not come back together.
  init(
    _ rule: Rule = Rule(), now: @escaping @Sendable () -> Instant = { .now },
    spread: @escaping @Sendable (Duration) -> Duration = { $0 * Double.random(in: 1...1.25) }
  ) {
    self.rule = rule
    self.now = now
    self.spread = spread
  }

  var condition: Condition { state.withLock { $0.condition } }

  /// What is wrong, for people; nil while requests go out.
  var trouble: String? { state.withLock { $0.condition == .closed ? nil : $0.sentence(now()) } }

  /// Yields each time that the CA answers again. For one task only.
  var returns: AsyncStream<Void> { returnStream }

  /// Asks whether a request may go out.
  ///
  /// - Throws: ``ManagerError`` with code `unreachable`, at once, when it may not.
  func admit() throws(ManagerError) -> Ticket {
    let now = now()
    let answer: Result<Ticket, ManagerError> = state.withLock { state in
      switch state.condition {
      case .closed: break
      case .open(let end) where now >= end:
        state.condition = .probing
        state.probe = state.tickets + 1
      case .open, .probing: return .failure(ManagerError(.unreachable, state.sentence(now)))
      }
      state.tickets += 1
      return .success(Ticket(number: state.tickets))
    }
    return try answer.get()
  }

  /// There was an answer, to whichever request.
  func succeeded(_ ticket: Ticket) {
    let isBack = state.withLock { state in
      defer { state = State(tickets: state.tickets) }
      return state.condition != .closed
    }
    if isBack { returnContinuation.yield() }
  }

  /// There was none.
  ///
  /// - Parameter reason: why, one sentence.
  func failed(_ ticket: Ticket, _ reason: String) {
    let now = now()
    state.withLock { state in
      state.failures += 1
      state.reason = reason
      switch state.condition {
      case .closed where state.failures >= rule.failures: state.pause = rule.firstPause
      case .probing where state.probe == ticket.number: state.pause = min(state.pause * 2, rule.longestPause)
      // Requests from before say nothing that is not known already.
      case .closed, .open, .probing: return
      }
      state.condition = .open(until: now + spread(state.pause))
      state.probe = nil
    }
  }

  /// The request was given up here; that says nothing about the CA.
  func abandoned(_ ticket: Ticket) {
    let now = now()
    state.withLock { state in
      guard state.probe == ticket.number else { return }
      state.condition = .open(until: now)
      state.probe = nil
    }
  }
}

extension CircuitBreaker.State {
  fileprivate func sentence(_ now: CircuitBreaker.Instant) -> String {
    let times = "The CA did not answer \(failures) times in a row"
    let next =
      switch condition {
      case .closed: "is asked"
      case .open(let end):
        "is asked again in \(max(Int(((end - now) / .seconds(1)).rounded(.up)), 0)) seconds"
      case .probing: "is being asked again"
      }
    return "\(times) and \(next). The last time: \(reason)"
  }
}
