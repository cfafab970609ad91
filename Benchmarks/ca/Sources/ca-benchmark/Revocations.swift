import MockCA
import X509

/// One more revocation when many are revoked already, and the full list of them.
struct Revocations {
  /// How many are issued and revoked at a time to fill the list.
  private static let chunk = 2_000

  let figures: [Figure]
  /// The full CRL at the end, in DER.
  let list: [UInt8]

  init(_ ca: UnservedCA, _ manager: Manager, _ scale: Scale) async throws {
    let callers = scale.callers
    func issue(_ names: [String]) async throws -> [[UInt8]] {
      let certificates = try await concurrently(manager.orders(names), callers: callers) {
        try await ca.order($0, profile: "device")
      }
      return try manager.revocations(certificates)
    }
    for start in stride(from: 0, to: scale.revoked, by: Self.chunk) {
      let names = (start..<min(start + Self.chunk, scale.revoked)).map { "R\($0)" }
      let messages = try await issue(names)
      _ = try await concurrently(messages, callers: messages.count) { try await ca.revoke($0) }
    }

    let messages = try await issue((0..<scale.revocations).map { "O\($0)" })
    var times: [Double] = []
    for message in messages {
      var one = Stopwatch()
      try await one.measure { try await ca.revoke(message) }
      times.append(one.wall * 1_000)
    }
    times.sort()
    var served = Stopwatch()
    guard let list = try await served.measure({ try await ca.fullList(issuer: 1) }) else { throw Failure("no CRL") }
    self.list = list

    let title = "revocation with \(scale.revoked) revoked"
    figures = [
      Figure(name: "\(title), p50", value: times[times.count / 2], unit: "ms"),
      Figure(name: "\(title), p99", value: times[times.count * 99 / 100], unit: "ms", bar: .atMost(200)),
      Figure(name: "full CRL, after a revocation", value: served.wall, unit: "s", bar: .atMost(2)),
      Figure(name: "  its length", value: Double(list.count), unit: "bytes"),
    ]
  }

  /// The full list again, from a CA that has just started and knows none of it.
  func afterStart(_ ca: UnservedCA) async throws -> [Figure] {
    var stopwatch = Stopwatch()
    let again = try await stopwatch.measure { try await ca.fullList(issuer: 1) }
    guard again == list else { throw Failure("the full CRL is another after a start") }
    return [Figure(name: "full CRL, after a start", value: stopwatch.wall, unit: "s", bar: .atMost(2))]
  }
}
