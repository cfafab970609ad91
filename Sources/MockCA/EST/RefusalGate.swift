import Foundation
import Synchronization

/// Lets one event a minute through of each refusal that anybody can cause, so that standard output grows no faster than the audit
/// table, which counts the others.
final class RefusalGate: Sendable {
  private let state = Mutex<(minute: Int64, told: Set<String>)>((0, []))

  /// Whether this refusal is to be told.
  func opens(for refusal: Refusal, now: Date) -> Bool {
    guard refusal.gathered(authority: nil) != nil else { return true }
    let minute = now.seconds / 60
    return state.withLock { state in
      if state.minute != minute { state = (minute, []) }
      return state.told.insert(refusal.name).inserted
    }
  }
}
