import Testing

@testable import CoAP

@Suite("Two message layers and a bad wire")
struct LossyWireTests {
  @Test(
    "Through loss, doubles and reordering no request is worked on twice and no answer taken twice, and nearly all get theirs",
    arguments: [(0, 0, 10, 0), (0, 50, 400, 0), (10, 10, 400, 400), (25, 25, 1_500, 2_000), (40, 0, 200, 100)])
  func exactlyOnce(loss: Int, double: Int, slowest: Int, work: Int) {
    var asked = 0
    var unanswered = 0
    for seed in 0..<50 as Range<UInt64> {
      var wire = LossyWire(
        seed: seed, lossPercent: loss, doublePercent: double, slowest: UInt64(slowest), work: UInt64(work))
      for token in 0..<20 as Range<UInt8> {
        asked += 1
        if !wire.ask(token) { unanswered += 1 }
      }
      wire.settle()
      for token in 0..<20 as Range<UInt8> {
        #expect(wire.worked[token, default: 0] <= 1, "seed \(seed), request \(token)")
        #expect(wire.answered[token, default: 0] <= 1, "seed \(seed), request \(token)")
        #expect(wire.answered[token] == nil || wire.worked[token] == 1, "seed \(seed), request \(token)")
      }
      if loss == 0 && double == 0 { #expect(wire.datagrams == 40, "seed \(seed): one there, one back") }
    }
    // Unanswered is who lost its request or its answer five times, and by chance a few more.
    let way = 1 - Double(loss) / 100
    var expected = Double(asked)
    for _ in 1...5 { expected *= 1 - way * way }
    #expect(Double(unanswered) <= 1.5 * expected + (loss == 0 ? 0 : 10), "\(unanswered) of \(asked)")
  }
}
