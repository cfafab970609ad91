import TestKit
import Testing

@testable import CoAP

@Suite("aiocoap agrees")
struct OracleTests {
  @Test("Both write the same bytes for the same message")
  func encoding() throws {
    var random = SplitMix(seed: 8323)
    let samples = (0..<400).map { _ in Sample(using: &random) }
    let theirs = try Oracle.run("aiocoap_frames.py", lines: samples.map(\.line) + ["--"])
    try #require(theirs.count == samples.count)
    for (sample, frame) in zip(samples, theirs) {
      #expect(try hexText(sample.written()) == frame, "\(sample.line)")
    }
  }

  @Test("aiocoap reads from our bytes what we meant")
  func decoding() throws {
    var random = SplitMix(seed: 7959)
    let samples = (0..<400).map { _ in Sample(using: &random) }
    let frames = try samples.map { try $0.written() }
    let theirs = try Oracle.run("aiocoap_frames.py", lines: ["--"] + frames.map(hexText))
    #expect(theirs == samples.map(\.line))
  }
}
