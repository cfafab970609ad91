import Foundation

/// The seeds of this run: a sample, the hundred that `make soak` asks for, or the one that a failure named.
enum Seeds {
  /// `MUSTER_SEED=n` runs one seed, `MUSTER_SEEDS=n` the first n.
  static var all: Range<UInt64> {
    let environment = ProcessInfo.processInfo.environment
    if let one = environment["MUSTER_SEED"].flatMap(UInt64.init) { return one..<one + 1 }
    return 0..<(environment["MUSTER_SEEDS"].flatMap(UInt64.init) ?? 8)
  }

  /// The same for stories that take real time: of a sample, fewer.
  static var serial: Range<UInt64> {
    ProcessInfo.processInfo.environment.keys.contains { $0 == "MUSTER_SEED" || $0 == "MUSTER_SEEDS" } ? all : 0..<2
  }

  /// Where a weakened build is to fall: as many as it takes, and no more.
  static let weak: Range<UInt64> = 0..<24
}
