import Edge
import Foundation
import Logging

/// Tells the CA what was revoked here, until it acknowledges that.
///
/// What is to be told is in the store since the revocation itself. So nothing gets lost in a crash, and what is told twice is
/// the same request under the same transaction, which a CA answers the same.
final class RevocationCourier: Sendable {
  private let ledger: Ledger
  private let teller: any RevocationTeller
  private let logger: Logger
  private let bell = Bell()

  /// The shortest and the longest time between two tries, in seconds. In between a try comes after as long as it has taken yet.
  private static let patience: ClosedRange<TimeInterval> = 1...300
  /// After so many tries in a row without an answer the CA is left alone for a while.
  private static let mostFailures = 3
  /// The longest pause without looking, in seconds: clocks may be set.
  private static let longestPause: TimeInterval = 60
  /// How many are read at once.
  private static let batch = 100

  init(ledger: Ledger, teller: any RevocationTeller, logger: Logger) {
    self.ledger = ledger
    self.teller = teller
    self.logger = logger
  }

  /// There is something to tell, or somebody to tell it to again.
  func wake() { bell.ring() }

  /// Works until the task is cancelled.
  func run() async throws {
    while true {
      do {
        try await deliver()
      } catch let error where !(error is CancellationError) {
        logger.error("revocations could not be told to the CA", metadata: ["error": "\(error)"])
      }
      try await pause()
    }
  }

  /// One round: everything whose time has come, once.
  func deliver() async throws {
    var failures = 0
    for record in try await ledger.store.revocationsDue(at: ledger.clock.now, limit: Self.batch) {
      guard let certificate = try await ledger.store.certificate(record.certificate) else { continue }
      let answer = await teller.tell(record, of: certificate)
      // What was interrupted says nothing about the CA.
      try Task.checkCancellation()
      switch answer {
      case .revoked:
        failures = 0
        try await ledger.commit(.toldRevocation(record.certificate, record.holder), by: .manager)
      case .later(let patience, let trouble):
        failures += 1
        try await delay(record, atLeast: patience / .seconds(1), trouble)
        guard failures < Self.mostFailures else { return }
      case .refused(let trouble):
        failures = 0
        // It may be the CA's mistake, or ours that is mended: it is not given up, and not hurried.
        try await delay(record, atLeast: Self.patience.upperBound, trouble)
      }
    }
  }

  private func delay(_ record: RevocationRecord, atLeast least: TimeInterval, _ trouble: String) async throws {
    let now = ledger.clock.now
    let age = now.timeIntervalSince(record.revokedAt)
    let wait = max(least, min(max(age, Self.patience.lowerBound), Self.patience.upperBound))
    logger.warning(
      "the CA could not be told of a revocation", metadata: ["serial": "\(record.serial)", "reason": "\(trouble)"])
    try await ledger.store.delayRevocation(
      of: record.certificate, until: now.addingTimeInterval(wait), trouble: trouble, at: now)
  }

  /// Until the next try, or until something is there to be told.
  private func pause() async throws {
    let next = try? await ledger.store.nextRevocationTry()
    let clock = ledger.clock
    let seconds = next.map { min(max($0.timeIntervalSince(clock.now), 1), Self.longestPause) } ?? Self.longestPause
    // Until the next try's own time, which a new revocation ends early.
    try await bell.wait { try await clock.sleep(for: .seconds(seconds)) }
  }
}
