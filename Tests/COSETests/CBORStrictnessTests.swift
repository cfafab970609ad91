import TestKit
import Testing

@testable import COSE

@Suite("Strictness, RFC 8949 §4.2.1")
struct CBORStrictnessTests {
  static let vectors: [(fault: String, bytes: String, error: CBORError)] = [
    ("a head without its argument", "18", .truncated),
    ("half of an argument", "1901", .truncated),
    ("a string shorter than it says", "4301", .truncated),
    ("an array shorter than it says", "8201", .truncated),
    ("a map without a value", "a101", .truncated),
    ("a tag without an item", "c1", .truncated),
    ("a length of 2^64-1", "5bffffffffffffffff", .truncated),
    ("an array of 2^64-1", "9bffffffffffffffff00", .truncated),
    ("an array of 2^32", "9b000000010000000000", .truncated),
    ("a map of 2^63", "bb8000000000000000", .truncated),
    ("23 in two bytes", "1817", .notPreferred),
    ("255 in three bytes", "1900ff", .notPreferred),
    ("65535 in five bytes", "1a0000ffff", .notPreferred),
    ("2^32-1 in nine bytes", "1b00000000ffffffff", .notPreferred),
    ("a long length of a string", "580161", .notPreferred),
    ("a long count of an array", "980101", .notPreferred),
    ("a long tag", "d80100", .notPreferred),
    ("additional information 28", "1c", .reserved),
    ("additional information 30", "fe", .reserved),
    ("a break", "ff", .indefiniteLength),
    ("keys out of order", "a202000100", .keyOrder),
    ("a key twice", "a201000100", .keyOrder),
    ("a negative key before an unsigned one", "a220000100", .keyOrder),
    ("a longer key before a shorter one", "a2190100000100", .keyOrder),
    ("text keys by length first, but out of order", "a2626161006162 00", .keyOrder),
    ("keys out of order deep inside", "81a101a202000100", .keyOrder),
    ("text that is not UTF-8", "61ff", .badText),
    ("text cut inside a character", "61c3", .badText),
    ("an overlong character", "62c080", .badText),
    ("a surrogate", "63eda080", .badText),
    ("a character beyond U+10FFFF", "64f4908080", .badText),
    ("a false in two bytes", "f814", .unsupported),
  ]

  @Test("Each is refused with its own error", arguments: vectors)
  func refused(fault: String, bytes: String, error: CBORError) {
    let bytes = hex(bytes)
    #expect(throws: error, "\(fault)") { try CBORReader.validate(bytes.span) }
  }

  @Test("Keys stand in bytewise order of their encodings")
  func keyOrder() throws {
    // 10, 100, -1, "z", "aa", [100], [-1], false: RFC 8949 §4.2.1's own example.
    let bytes = hex("a8 0a00 186400 2000 617a00 626161 00 811864 00 8120 00 f4 00")
    try CBORReader.validate(bytes.span)
  }

  @Test("Nesting stops at the limit, for arrays, maps and tags", arguments: ["81", "c1", "a100"])
  func depth(opening: String) throws {
    func nested(_ levels: Int) -> [UInt8] { (0..<levels).flatMap { _ in hex(opening) } + [0] }
    try CBORReader.validate(nested(CBORReader.maxDepth).span)
    #expect(throws: CBORError.tooDeep) { try CBORReader.validate(nested(CBORReader.maxDepth + 1).span) }
    #expect(throws: CBORError.tooDeep) { try CBORReader.validate(nested(100_000).span) }
  }

  @Test("An item cut at any place is refused", arguments: 0..<60 as Range<UInt64>)
  func truncation(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let bytes = try Value(using: &random).written()
    for count in 1..<max(1, bytes.count) {
      #expect(throws: CBORError.self, "seed \(seed), \(count) bytes") {
        try CBORReader.validate(bytes.span.extracting(first: count))
      }
    }
  }

  @Test("Whatever one byte becomes: refused, or a value whose only encoding these bytes are")
  func mutation() throws {
    let bytes = hex(
      "a5 01 6651 4d45 4d55 31 02 50 000102030405060708090a0b0c0d0e0f 03 83 01 20 f5 04 1a514b67b0 05 c1 a0")
    try CBORReader.validate(bytes.span)
    for index in bytes.indices {
      for value in UInt8.min...UInt8.max {
        var mutant = bytes
        mutant[index] = value
        guard var reader = try? CBORReader(mutant.span) else { continue }
        var items: [Value] = []
        while !reader.isAtEnd { items.append(try Value(&reader)) }
        #expect(try items.flatMap { try $0.written() } == mutant, "byte \(index) is \(value)")
      }
    }
  }
}
