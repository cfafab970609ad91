import Synchronization

@testable import Manager

/// What a story notes down of its manager: which devices have become active, and what a weakened one goes by instead of
/// what a session proves.
final class Notes: Sendable {
  private struct State {
    var active: Set<String> = []
    var keys: [String: DeviceKey] = [:]
    var claimants: [String: DeviceKey] = [:]
  }
  private let state = Mutex(State())

  func take(_ event: ManagerEvent) {
    guard event.event == .device, let device = event.device else { return }
    state.withLock { state in
      if event.to == DeviceState.active.rawValue {
        state.active.insert(device)
      } else {
        state.active.remove(device)
      }
    }
  }

  func isActive(_ device: String) -> Bool { state.withLock { $0.active.contains(device) } }

  /// The key that stands on the factory list under a name.
  func know(_ key: DeviceKey, as device: String) { state.withLock { $0.keys[device] = key } }
  func key(of device: String) -> DeviceKey? { state.withLock { $0.keys[device] } }

  /// The key of whoever has called under a name.
  func claim(_ device: String, by key: DeviceKey) { state.withLock { $0.claimants[device] = key } }
  func claimant(of device: String) -> DeviceKey? { state.withLock { $0.claimants[device] } }
}
