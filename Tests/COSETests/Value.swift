import TestKit

@testable import COSE

/// A CBOR value as a tree, for round trips and for the oracle.
indirect enum Value: Equatable {
  case unsigned(UInt64)
  case negative(UInt64)
  case bytes([UInt8])
  case text(String)
  case array([Value])
  case map([(Value, Value)])
  case tagged(UInt64, Value)
  case simple(UInt64)

  static func == (left: Value, right: Value) -> Bool {
    (try? left.written()) == (try? right.written())
  }

  init(using random: inout SplitMix, depth: Int = 0) {
    switch Int.random(in: 0..<(depth < 4 ? 8 : 5), using: &random) {
    case 0: self = .unsigned(Self.number(&random))
    case 1: self = .negative(Self.number(&random) >> 1)
    case 2: self = .bytes(random.bytes(.random(in: 0...30, using: &random)))
    case 3: self = .text(String((0..<Int.random(in: 0...12, using: &random)).map { _ in Self.letter(&random) }))
    case 4: self = .simple([20, 21, 22, 23].randomElement(using: &random) ?? 22)
    case 5:
      let count = Int.random(in: 0...5, using: &random)
      self = .array((0..<count).map { _ in Value(using: &random, depth: depth + 1) })
    case 6:
      var pairs: [[UInt8]: (Value, Value)] = [:]
      for _ in 0..<Int.random(in: 0...5, using: &random) {
        let key = Value(using: &random, depth: 4)
        let encoded = (try? key.written()) ?? []
        pairs[encoded] = (key, Value(using: &random, depth: depth + 1))
      }
      let sorted = pairs.sorted { $0.key.lexicographicallyPrecedes($1.key) }
      self = .map(sorted.map(\.value))
    default: self = .tagged(Self.number(&random) | 1 << 32, Value(using: &random, depth: depth + 1))
    }
  }

  /// Numbers around the borders of their encodings.
  private static func number(_ random: inout SplitMix) -> UInt64 {
    let border: [UInt64] = [0, 10, 23, 24, 255, 256, 65_535, 65_536, 0xFFFF_FFFF, 0x1_0000_0000, .max - 1]
    return Bool.random(using: &random) ? border.randomElement(using: &random) ?? 0 : random.next()
  }

  private static func letter(_ random: inout SplitMix) -> Character {
    ["a", "z", "0", "ü", "水", "𐅑", "é"].randomElement(using: &random) ?? "a"
  }

  func written() throws(CBORError) -> [UInt8] {
    try write(capacity: 100_000) { self.add(to: &$0) }
  }

  private func add(to writer: inout CBORWriter) {
    switch self {
    case .unsigned(let value): writer.uint(value)
    case .negative(let value): writer.int(~Int64(bitPattern: value))
    case .bytes(let bytes): writer.bytes(bytes.span)
    case .text(let text): writer.text(utf8: Array(text.utf8).span)
    case .array(let items):
      writer.array(items.count)
      for item in items { item.add(to: &writer) }
    case .map(let pairs):
      writer.map(pairs.count)
      for (key, value) in pairs {
        key.add(to: &writer)
        value.add(to: &writer)
      }
    case .tagged(let number, let value):
      writer.tag(number)
      value.add(to: &writer)
    case .simple(20): writer.bool(false)
    case .simple(21): writer.bool(true)
    case .simple(22): writer.null()
    case .simple(let value): writer.raw([0xE0 | UInt8(value)].span)
    }
  }

  /// Reads one item by the reader's typed calls.
  init(_ reader: inout CBORReader) throws(CBORError) {
    switch reader.kind {
    case .unsigned: self = .unsigned(try reader.uint())
    case .negative:
      do throws(CBORError) {
        self = .negative(UInt64(bitPattern: ~(try reader.int())))
      } catch {
        try reader.skip()
        self = .simple(0)
      }
    case .bytes: self = .bytes(copy(try reader.byteString()))
    case .text: self = .text(String(decoding: copy(try reader.text()), as: UTF8.self))
    case .array:
      var items: [Value] = []
      for _ in 0..<(try reader.array()) { items.append(try Value(&reader)) }
      self = .array(items)
    case .map:
      var pairs: [(Value, Value)] = []
      for _ in 0..<(try reader.map()) { pairs.append((try Value(&reader), try Value(&reader))) }
      self = .map(pairs)
    case .tag: self = .tagged(try reader.tag(), try Value(&reader))
    case .simple:
      if reader.readsNull() {
        self = .simple(22)
      } else {
        let encoded = copy(try reader.encodedItem())
        self = .simple(UInt64(encoded[0] & 31))
      }
    case nil: throw .truncated
    }
  }
}
