import TestKit
import Testing

@testable import COSE

@Suite("Writing CBOR")
struct CBORWriterTests {
  @Test("What is written is read back", arguments: 0..<200 as Range<UInt64>)
  func roundTrip(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let value = Value(using: &random)
    let bytes = try value.written()
    var reader = try CBORReader(bytes.span)
    let read = try Value(&reader)
    let isAtEnd = reader.isAtEnd
    #expect(read == value && isAtEnd, "seed \(seed)")
  }

  @Test("Output may fill its buffer, and one byte less is refused without trapping")
  func exactFit() throws {
    let body: (inout CBORWriter) -> Void = { writer in
      writer.map(2)
      writer.uint(300)
      writer.text("twelve bytes")
      writer.int(-70_000)
      writer.bytes([1, 2, 3].span)
    }
    let bytes = try write(body)
    #expect(try write(capacity: bytes.count, body) == bytes)
    for capacity in 0..<bytes.count {
      #expect(throws: CBORError.noSpace, "\(capacity) bytes") { try write(capacity: capacity, body) }
    }
  }

  @Test("A wrong count, a wrong order and bad text are noticed at the end")
  func misuse() {
    #expect(throws: CBORError.truncated) { try write { $0.array(1) } }
    #expect(throws: CBORError.truncated) {
      try write { writer in
        writer.map(1)
        writer.uint(1)
      }
    }
    #expect(throws: CBORError.keyOrder) {
      try write { writer in
        writer.map(2)
        for key in [2, 1] as [UInt64] {
          writer.uint(key)
          writer.bool(false)
        }
      }
    }
    #expect(throws: CBORError.badText) { try write { $0.text(utf8: [0xC3].span) } }
  }

  @Test(
    "Both widths of an unsigned integer are written alike",
    arguments: [0, 23, 24, 255, 256, 65_536, .max] as [UInt32])
  func widths(value: UInt32) throws {
    #expect(try write { $0.uint32(value) } == write { $0.uint(UInt64(value)) })
    #expect(try write { $0.int(Int64(value)) } == write { $0.uint(UInt64(value)) })
  }
}
