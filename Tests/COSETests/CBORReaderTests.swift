import Testing

@testable import COSE

@Suite("Reading CBOR")
struct CBORReaderTests {
  @Test("A map with integer keys, as Muster's are, with keys the reader does not know")
  func map() throws {
    let bytes = try write { writer in
      writer.map(4)
      writer.uint(1)
      writer.text("QEMU-1")
      writer.uint(4)
      writer.uint(3)
      writer.uint(9)
      writer.array(2)
      writer.bool(true)
      writer.null()
      writer.int(-1)
      writer.bytes([1, 2].span)
    }
    #expect(hexText(bytes) == "a40166" + "51454d552d31" + "0403" + "0982f5f6" + "20420102")
    var reader = try CBORReader(bytes.span)
    var (name, state): ([UInt8], UInt32) = ([], 0)
    for _ in 0..<(try reader.map()) {
      switch try reader.int() {
      case 1: name = copy(try reader.text())
      case 4: state = try reader.uint32()
      default: try reader.skip()
      }
    }
    let isAtEnd = reader.isAtEnd
    #expect(name == Array("QEMU-1".utf8) && state == 3 && isAtEnd)
  }

  @Test("Another type than asked for is an error, and nothing is read")
  func wrongType() throws {
    let bytes = hex("6161")
    var reader = try CBORReader(bytes.span)
    let kind = reader.kind
    let numbers = ((try? reader.uint()), (try? reader.int()), (try? reader.bool()))
    let heads = ((try? reader.map()), (try? reader.array()), (try? reader.tag()))
    let isNull = reader.readsNull()
    let text = copy(try reader.text())
    let isAtEnd = reader.isAtEnd && reader.kind == nil
    #expect(kind == .text)
    #expect(numbers.0 == nil && numbers.1 == nil && numbers.2 == nil)
    #expect(heads.0 == nil && heads.1 == nil && heads.2 == nil && !isNull)
    #expect(text == [0x61] && isAtEnd)
  }

  @Test("Reading at the end is an error and no trap")
  func end() throws {
    let none: [UInt8] = []
    var reader = try CBORReader(none.span)
    let (number, truth, isNull) = ((try? reader.uint()), (try? reader.bool()), reader.readsNull())
    #expect(number == nil && truth == nil && !isNull)
    #expect(throws: CBORError.truncated) {
      var reader = try CBORReader(none.span)
      try reader.skip()
    }
  }

  @Test("32 bits are 32 bits")
  func narrow() throws {
    let bytes = hex("1affffffff 1b0000000100000000")
    var reader = try CBORReader(bytes.span)
    let (fits, exceeds) = (try reader.uint32(), try? reader.uint32())
    #expect(fits == .max && exceeds == nil)
  }

  @Test("An item's encoding can be taken whole")
  func encoded() throws {
    let bytes = hex("820102 a10102")
    var reader = try CBORReader(bytes.span)
    let items = [copy(try reader.encodedItem()), copy(try reader.encodedItem())]
    let isAtEnd = reader.isAtEnd
    #expect(items == [hex("820102"), hex("a10102")] && isAtEnd)
  }

  @Test("null and undefined are different, and neither is a truth value")
  func simple() throws {
    let bytes = hex("f7")
    var reader = try CBORReader(bytes.span)
    let (isNull, truth) = (reader.readsNull(), try? reader.bool())
    let left = copy(try reader.encodedItem())
    #expect(!isNull && truth == nil && left == [0xF7])
    let encoded = hex("f6")
    var next = try CBORReader(encoded.span)
    let (wasNull, isAtEnd) = (next.readsNull(), next.isAtEnd)
    #expect(wasNull && isAtEnd)
  }
}
