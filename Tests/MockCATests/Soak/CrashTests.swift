import Foundation
import TestKit
import Testing

/// `muster ca run` as a process of its own that ends in the middle of its work, again and again.
@Suite("The CA crashing under load", .serialized)
struct CrashTests {
  private static let environment = ProcessInfo.processInfo.environment
  /// `MUSTER_KILLS=300` and `MUSTER_POWER_CUTS=30` are the full counts (`make soak`).
  private static let kills = environment["MUSTER_KILLS"].flatMap { Int($0) } ?? 3
  private static let cuts = environment["MUSTER_POWER_CUTS"].flatMap { Int($0) } ?? 2
  private static let seed = environment["MUSTER_SEED"].flatMap { UInt64($0) } ?? 0x4CA

  @Test("Killed (-9) at any moment, it has lost nothing that it acknowledged, and gave no serial number twice")
  func killed() async throws {
    let directory = NSTemporaryDirectory() + "muster-crash-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let site = try await CrashSite(directory: directory)
    try await rounds(Self.kills, at: site, crash: { $0.kill() }, restore: {})
  }

  @Test(
    "Its power cut at any moment, it has lost nothing that it acknowledged, and gave no serial number twice",
    .enabled(
      if: Disc.isPossible || environment["MUSTER_POWER_CUTS"] != nil, "mounting needs root and loop devices"))
  func powerCut() async throws {
    let disc = try Disc()
    let site = try await CrashSite(directory: disc.path + "/ca")
    try await rounds(
      Self.cuts, at: site,
      crash: { running in
        try disc.cut()
        // Real time, for real clients: whoever acknowledges from here on has not waited for the disk.
        try await Task.sleep(for: .milliseconds(50))
        running.kill()
      }, restore: disc.restore)
  }

  private func rounds(
    _ count: Int, at site: CrashSite, crash: (RunningCA) async throws -> Void, restore: () throws -> Void
  ) async throws {
    print("seed \(Self.seed)")
    var random = SplitMix(seed: Self.seed)
    for round in 1...count {
      let pause = Duration.milliseconds(Int.random(in: 0...800, using: &random))
      try await site.round("R\(round)", pause: pause, crash: crash, restore: restore)
    }
    let last = try await RunningCA(directory: site.directory)
    try await site.expectTold(by: last, "the last")
    last.kill()
    let ways = site.acknowledged.ways
    print("\(count) crashes; acknowledged \(ways.map { "\($0) \($1)" }.sorted().joined(separator: ", "))")
    // A load that asked for nothing has shown nothing.
    for way in Acknowledged.Way.allCases { #expect(ways[way, default: 0] >= count / 2, "\(way)") }
  }
}
