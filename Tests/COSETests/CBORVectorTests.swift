import Testing

@testable import COSE

@Suite("RFC 8949, appendix A")
struct CBORVectorTests {
  /// All examples of the appendix that are deterministic and of types Muster has.
  static let accepted: [String] = [
    "00", "01", "0a", "17", "1818", "1819", "1864", "1903e8", "1a000f4240", "1b000000e8d4a51000", "1bffffffffffffffff",
    "3bffffffffffffffff", "20", "29", "3863", "3903e7", "f4", "f5", "f6", "f7", "c249010000000000000000",
    "c349010000000000000000", "c074323031332d30332d32315432303a30343a30305a", "c11a514b67b0", "d74401020304",
    "d818456449455446", "d82076687474703a2f2f7777772e6578616d706c652e636f6d", "40", "4401020304", "60", "6161",
    "6449455446", "62225c", "62c3bc", "63e6b0b4", "64f0908591", "80", "83010203", "8301820203820405",
    "98190102030405060708090a0b0c0d0e0f101112131415161718181819", "a0", "a201020304", "a26161016162820203",
    "826161a161626163", "a56161614161626142616361436164614461656145",
  ]

  /// The others, with why they are refused.
  static let refused: [(String, CBORError)] = [
    ("f90000", .unsupported), ("f93c00", .unsupported), ("fb3ff199999999999a", .unsupported),
    ("fa47c35000", .unsupported), ("f97c00", .unsupported), ("c1fb41d452d9ec200000", .unsupported),
    ("f0", .unsupported), ("f8ff", .unsupported), ("5f42010243030405ff", .indefiniteLength),
    ("7f657374726561646d696e67ff", .indefiniteLength), ("9fff", .indefiniteLength),
    ("83018202039f0405ff", .indefiniteLength), ("bf61610161629f0203ffff", .indefiniteLength),
  ]

  @Test("A deterministic example is read, and written again it is the same", arguments: accepted)
  func roundTrip(example: String) throws {
    let bytes = hex(example)
    var reader = try CBORReader(bytes.span)
    let value = try Value(&reader)
    let isAtEnd = reader.isAtEnd
    #expect(isAtEnd)
    guard example != "3bffffffffffffffff" else { return }  // -2^64: valid, beyond Int64, tested below.
    #expect(try value.written() == bytes)
  }

  @Test("Another example is refused with its reason", arguments: refused)
  func refusal(example: String, error: CBORError) {
    let bytes = hex(example)
    #expect(throws: error) { try CBORReader.validate(bytes.span) }
  }

  @Test("A negative number beyond Int64 is valid and out of range")
  func hugeNegative() throws {
    for example in ["3bffffffffffffffff", "3b8000000000000000"] {
      let bytes = hex(example)
      try CBORReader.validate(bytes.span)
      #expect(throws: CBORError.outOfRange) {
        var reader = try CBORReader(bytes.span)
        _ = try reader.int()
      }
    }
    let least = hex("3b7fffffffffffffff")
    var reader = try CBORReader(least.span)
    let value = try reader.int()
    #expect(value == .min)
  }
}
