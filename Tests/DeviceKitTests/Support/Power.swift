import DeviceKit
import TestKit

/// The supply of a simulated device: fails at a chosen operation on flash or key storage, and stays off until it is
/// restored.
final class Power {
  /// Where within an operation the supply fails.
  enum Moment: CaseIterable {
    case before
    case within
    case after
  }

  private(set) var isOn = true
  /// Operations since the last ``restore()``.
  private(set) var operations = 0
  private var cut: (operation: Int, moment: Moment)?
  var random: SplitMix

  init(seed: UInt64 = 1) {
    random = SplitMix(seed: seed)
  }

  /// Fails at the n-th operation from now, counted from 0.
  func fail(at operation: Int, _ moment: Moment) {
    operations = 0
    cut = (operation, moment)
  }

  /// Comes back, and fails no more.
  func restore() {
    isOn = true
    operations = 0
    cut = nil
  }

  /// Does one operation, or less of it.
  ///
  /// - Returns: Whether it ended with the supply on.
  func perform(_ whole: () -> Void, partly: (inout SplitMix) -> Void) -> Bool {
    guard isOn else { return false }
    defer { operations += 1 }
    guard let cut, cut.operation == operations else {
      whole()
      return true
    }
    isOn = false
    switch cut.moment {
    case .before: break
    case .within: partly(&random)
    case .after: whole()
    }
    return false
  }
}
