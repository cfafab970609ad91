import DeviceKit
import TestKit
import Testing

@Suite("Entropy health")
struct EntropyHealthTests {
  private func fed(_ samples: some Sequence<UInt8>, limits: EntropyLimits = .fourBitsPerByte) -> EntropyHealth {
    var health = EntropyHealth(limits: limits)
    for sample in samples { health.take(sample) }
    return health
  }

  private func noise(_ count: Int, seed: UInt64 = 3) -> [UInt8] {
    var random = SplitMix(seed: seed)
    return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
  }

  @Test("A good source is healthy after the start-up test and not before")
  func startUp() {
    #expect(!fed(noise(1023)).isHealthy)
    #expect(!fed(noise(1023)).isFailed)
    #expect(fed(noise(1024)).isHealthy)
  }

  @Test("A good source raises no false alarm in a million samples", arguments: [UInt64(1), 2, 3])
  func falseAlarms(seed: UInt64) {
    #expect(fed(noise(1_000_000, seed: seed)).isHealthy, "seed \(seed)")
  }

  @Test("A stuck source fails at the cutoff of the repetition count test and not before", arguments: [UInt8(0), 0xFF])
  func stuck(value: UInt8) {
    let before = noise(2000) + [value ^ 1]
    #expect(fed(before + [UInt8](repeating: value, count: 8)).isHealthy)
    #expect(fed(before + [UInt8](repeating: value, count: 9)).isFailed)
  }

  @Test("A source that prefers one value fails the adaptive proportion test")
  func biased() {
    // Every fourth sample is the same, never two in a row.
    let samples = noise(4096).enumerated().map { $0 % 4 == 0 ? UInt8(7) : $1 | 0x08 }
    #expect(fed(samples).isFailed)
  }

  @Test("A failure lasts until a restart, however good the samples are after it")
  func sticky() {
    var health = fed([UInt8](repeating: 0, count: 20))
    for sample in noise(5000) { health.take(sample) }
    #expect(!health.isHealthy)
    health.restart()
    for sample in noise(1024) { health.take(sample) }
    #expect(health.isHealthy)
  }

  @Test("A source that fails within the start-up test never becomes healthy")
  func brokenFromTheStart() {
    #expect(fed([UInt8](repeating: 0x55, count: 2000)).isFailed)
    #expect(!fed([UInt8](repeating: 0x55, count: 2000)).isHealthy)
  }
}
