import MockCA
import X509

/// Orders per second, beside what their bare signatures and verifications take in the same run.
struct Orders {
  let figures: [Figure]
  let certificates: [Certificate]

  init(_ ca: UnservedCA, _ manager: Manager, _ scale: Scale) async throws {
    let warmUp = try manager.orders((0..<200).map { "W\($0)" })
    _ = try await concurrently(warmUp, callers: scale.callers) { try await ca.order($0, profile: "device") }

    let before = try await References(rounds: 1_000)
    let messages = try manager.orders((0..<scale.orders).map { "D\($0)" })
    var stopwatch = Stopwatch()
    certificates = try await stopwatch.measure {
      try await concurrently(messages, callers: scale.callers) { try await ca.order($0, profile: "device") }
    }
    let after = try await References(rounds: 1_000)

    let count = Double(scale.orders)
    let each = stopwatch.processor / count
    let bare = (before.order + after.order) / 2
    figures = [
      Figure(name: "orders", value: count / stopwatch.wall, unit: "/s", bar: .atLeast(2_000)),
      Figure(name: "orders, by processor time", value: 1 / each, unit: "/s"),
      Figure(name: "processor time of one", value: each * 1e6, unit: "µs"),
      Figure(name: "  of it two signatures and two verifications", value: bare * 1e6, unit: "µs"),
      Figure(name: "  the same in percent", value: 100 * bare / each, unit: "%"),
      Figure(name: "  one bare signature", value: (before.signature + after.signature) * 5e5, unit: "µs"),
      Figure(name: "  one bare verification", value: (before.verification + after.verification) * 5e5, unit: "µs"),
    ]
  }
}
