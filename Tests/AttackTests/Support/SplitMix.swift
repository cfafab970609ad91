import Foundation

/// SplitMix64: small, repeatable randomness for tests; a failure names its seed.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
  }
}

/// The seeds of this run: a sample, the hundred that `make soak` asks for, or the one that a failure named.
enum Seeds {
  /// `MUSTER_SEED=n` runs one seed, `MUSTER_SEEDS=n` the first n.
  static var all: Range<UInt64> {
    let environment = ProcessInfo.processInfo.environment
    if let one = environment["MUSTER_SEED"].flatMap(UInt64.init) { return one..<one + 1 }
    return 0..<(environment["MUSTER_SEEDS"].flatMap(UInt64.init) ?? 8)
  }

  /// Where a weakened build is to fall: as many as it takes, and no more.
  static let weak: Range<UInt64> = 0..<40
}
