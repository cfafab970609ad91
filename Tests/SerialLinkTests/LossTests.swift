import SerialLink
import Testing

@Suite("A noisy line")
struct LossTests {
  /// How a line of the list behaves, and how long the longest message is that it still carries in the time.
  struct Case: CustomTestStringConvertible {
    var name: String
    var noise: Noise
    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "no errors", noise: .none),
    Case(name: "bit error rate 1e-5", noise: Noise(bitErrorRate: 1e-5)),
    Case(name: "bit error rate 1e-4", noise: Noise(bitErrorRate: 1e-4)),
    Case(name: "5 % of the frames lost", noise: Noise(lossRate: 0.05)),
    Case(name: "20 % of the frames lost", noise: Noise(lossRate: 0.2)),
  ]

  @Test("Every message arrives exactly once, both ways at once, from 200 seeds", arguments: cases)
  func everyMessageArrives(_ line: Case) {
    for seed in UInt64(0)..<200 {
      let offers = (a: [16, 64, 240][Int(seed % 3)] as UInt8, b: 240 as UInt8)
      let simulation = Simulation(
        seed: seed, noise: line.noise,
        configuration: (LinkConfiguration(maxPayloadBytes: offers.a), LinkConfiguration(maxPayloadBytes: offers.b)))
      let traffic = Traffic(simulation, messages: 4, maxMessageBytes: seed % 10 == 0 ? 2_048 : 600)
      #expect(traffic.run(upTo: 600_000), "seed \(seed): not done")
      #expect(traffic.faults == [], "seed \(seed)")
      #expect(traffic.delivered == [4, 4], "seed \(seed)")
      #expect(traffic.undelivered == [0, 0], "seed \(seed)")
    }
  }
}
