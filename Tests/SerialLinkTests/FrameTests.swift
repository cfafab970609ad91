import TestKit
import Testing

@testable import SerialLink

@Suite("Frames")
struct FrameTests {
  private static let header: UInt32 = 0x1268_0300
  private static let next = FrameCodec.encode(header: 0x1268_0400, payload: [7, 0, 7])
  private static let nextDecoded = FrameCodec.Decoded(header: 0x1268_0400, payload: [7, 0, 7])

  @Test("Every length and every density of zeros survives the round trip, in length + 10 bytes")
  func roundTrip() {
    var generator = SplitMix(seed: 1)
    for count in 0...240 {
      for highest in [UInt8(0), 1, 255] {
        let payload = (0..<count).map { _ in UInt8.random(in: 0...highest, using: &generator) }
        let wire = FrameCodec.encode(header: Self.header, payload: payload)
        #expect(wire.count == count + 10, "length \(count), bytes up to \(highest)")
        #expect(wire.firstIndex(of: 0) == wire.count - 1, "length \(count), bytes up to \(highest)")
        let read = FrameCodec.decode(wire)
        let expected = FrameCodec.Decoded(header: Self.header, payload: payload)
        #expect(read.frames == [expected], "length \(count), bytes up to \(highest)")
      }
    }
  }

  @Test("A frame cut at any prefix is dropped and the next one survives", arguments: [0, 1, 5, 30, 240])
  func truncation(count: Int) {
    let wire = FrameCodec.encode(header: Self.header, payload: (0..<count).map { UInt8($0 % 5) })
    for prefix in 1..<(wire.count - 1) {
      let read = FrameCodec.decode(wire[..<prefix] + [0] + Self.next)
      #expect(read.frames == [Self.nextDecoded], "prefix \(prefix)")
      #expect(read.damaged == 1, "prefix \(prefix)")
    }
  }

  @Test("Any other value in any one byte is found")
  func mutation() {
    let wire = FrameCodec.encode(header: Self.header, payload: [0, 1, 2, 0, 0, 255, 7])
    for index in wire.indices.dropLast() {
      for value in UInt8.min...UInt8.max where value != wire[index] {
        var spoilt = wire
        spoilt[index] = value
        let read = FrameCodec.decode(spoilt + Self.next)
        #expect(read.frames == [Self.nextDecoded], "byte \(index) is \(value)")
        #expect(read.damaged >= 1, "byte \(index) is \(value)")
      }
    }
  }

  @Test("Up to five flipped bits of the longest frame are found")
  func fiveBitErrors() {
    var generator = SplitMix(seed: 5)
    let wire = FrameCodec.encode(header: Self.header, payload: (0..<240).map { UInt8($0) | 1 })
    for trial in 0..<2_000 {
      var spoilt = wire
      for _ in 0..<(trial % 5 + 1) {
        let index = Int.random(in: 0..<(wire.count - 1), using: &generator)
        spoilt[index] ^= 1 << UInt8.random(in: 0...7, using: &generator)
      }
      guard spoilt != wire else { continue }
      #expect(!FrameCodec.decode(spoilt).frames.contains { $0.payload.count == 240 }, "trial \(trial)")
    }
  }

  @Test("Garbage before, between and after frames costs at most the frame it touches")
  func garbage() {
    for seed in UInt64(0)..<200 {
      var generator = SplitMix(seed: seed)
      let count = Int.random(in: 1...600, using: &generator)
      let noise = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let read = FrameCodec.decode(noise + [0] + Self.next + noise + [0, 0] + Self.next + noise)
      #expect(read.frames == [Self.nextDecoded, Self.nextDecoded], "seed \(seed)")
    }
  }

  @Test("Empty frames, as a line break makes them, are nothing")
  func emptyFrames() {
    let read = FrameCodec.decode([0, 0, 0] + Self.next + [0, 0])
    #expect(read.frames == [Self.nextDecoded])
    #expect(read.damaged == 0)
  }

  @Test("A fragment given up half way is dropped and the next frame survives, wherever it stood")
  func abortedFragment() {
    let message = [UInt8](repeating: 3, count: 40)
    for count in 0..<50 {
      var writer = FrameWriter()
      writer.start(FrameHeader(rawValue: Self.header), offset: 0, count: 40, message: message.span)
      var wire: [UInt8] = []
      for _ in 0..<count where !writer.isIdle { wire.append(writer.next(message: message.span)) }
      let wasWhole = writer.isIdle
      writer.abortFragment()
      while !writer.isIdle { wire.append(writer.next(message: message.span)) }
      let read = FrameCodec.decode(wire + Self.next)
      #expect(read.frames.last == Self.nextDecoded, "after \(count) bytes")
      #expect(read.frames.count == (wasWhole || count == 49 ? 2 : 1), "after \(count) bytes")
    }
  }
}
