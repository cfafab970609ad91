import Edge
import Foundation

/// Whether the manager can do its work, and what hinders it.
struct Readiness: Sendable, Codable, Equatable {
  /// How one part stands.
  enum Condition: String, Sendable, Codable {
    case good
    /// It hinders some of the work; devices and administrators are served.
    case degraded
    /// Without it nobody is served.
    case failed
  }

  /// One part.
  struct Check: Sendable, Codable, Equatable {
    var name: String
    var condition: Condition
    /// What is wrong, for people; nil when nothing is.
    var detail: String?
  }

  var ready: Bool
  var checks: [Check]

  init(_ checks: [Check]) {
    self.checks = checks
    ready = !checks.contains { $0.condition == .failed }
  }
}

extension Readiness.Check {
  static func good(_ name: String) -> Self { Self(name: name, condition: .good) }
  static func degraded(_ name: String, _ detail: String) -> Self {
    Self(name: name, condition: .degraded, detail: detail)
  }
  static func failed(_ name: String, _ detail: String) -> Self { Self(name: name, condition: .failed, detail: detail) }
}

/// Looks at the parts that ``Readiness`` tells of.
struct ReadinessDesk: Sendable {
  let ledger: Ledger
  let server: ServerIdentity
  let registrationAuthority: RegistrationAuthorityIdentity
  let breaker: CircuitBreaker

  /// How long the store may take to answer.
  private static let patience: Duration = .seconds(2)

  /// A CA that is away makes the manager no less ready: sent elsewhere, its clients would find no better one.
  func look() async -> Readiness { Readiness([await store(), gateways, orders, authority]) }

  private func store() async -> Readiness.Check {
    let store = ledger.store
    do {
      _ = try await withDeadline(Self.patience) { try await store.count(of: .pending) }
    } catch is DeadlineExceeded {
      return .failed("store", "The database did not answer within \(Self.patience.components.seconds) seconds.")
    } catch {
      return .failed("store", "The database cannot be read: \(error).")
    }
    return ledger.watch.trouble.map { .failed("store", "The last change could not be made durable: \($0).") }
      ?? .good("store")
  }

  private var gateways: Readiness.Check {
    server.context == nil
      ? .failed("gateways", "The gateway listener has no certificate yet: the CA has not issued one.")
      : .good("gateways")
  }

  private var orders: Readiness.Check {
    if let refusal = registrationAuthority.refusal {
      return .degraded("orders", "The CA takes no orders from this manager: \(refusal)")
    }
    return registrationAuthority.current == nil
      ? .degraded("orders", "The CA has not enrolled this manager yet.") : .good("orders")
  }

  private var authority: Readiness.Check { breaker.trouble.map { .degraded("ca", $0) } ?? .good("ca") }
}
