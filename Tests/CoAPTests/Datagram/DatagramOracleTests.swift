import TestKit
import Testing

@testable import CoAP

@Suite("aiocoap agrees on datagrams")
struct DatagramOracleTests {
  private func samples(seed: UInt64) throws -> [(line: String, bytes: [UInt8])] {
    var random = SplitMix(seed: seed)
    return try (0..<300).map { _ in
      let sample = Sample(using: &random)
      let isRequest = Code(rawValue: sample.code).isRequest
      let type: DatagramType =
        isRequest ? .confirmable : [.acknowledgement, .nonConfirmable].randomElement(using: &random)!
      let id = UInt16.random(in: 0...UInt16.max, using: &random)
      let head = hexText([type.rawValue]) + " " + hexText([UInt8(id >> 8), UInt8(id & 0xFF)]) + " "
      return (head + sample.line, try datagram(of: sample.written(), type, id: id))
    }
  }

  @Test("Both write the same bytes for the same message")
  func encoding() throws {
    let samples = try samples(seed: 7252)
    let theirs = try Oracle.run("aiocoap_datagrams.py", lines: samples.map(\.line) + ["--"])
    #expect(theirs == samples.map { hexText($0.bytes) })
  }

  @Test("aiocoap reads from our bytes what we meant")
  func decoding() throws {
    let samples = try samples(seed: 8132)
    let theirs = try Oracle.run("aiocoap_datagrams.py", lines: ["--"] + samples.map { hexText($0.bytes) })
    #expect(theirs == samples.map(\.line))
  }
}
