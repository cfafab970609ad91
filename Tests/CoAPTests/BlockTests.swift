import Testing

@testable import CoAP

@Suite("Block options, RFC 7959 §2.2")
struct BlockTests {
  @Test(
    "The RFC's notation NUM/M/SZX in bytes",
    arguments: [
      (0x0E as UInt32, 0 as UInt32, true, 1024), (0x13, 1, false, 128), (0x2A, 2, true, 64),
      (0xFFFFF0, 0xFFFFF, false, 16),
    ])
  func values(value: UInt32, number: UInt32, more: Bool, size: Int) throws {
    let block = try #require(Block(optionValue: value))
    #expect(block.number == number && block.more == more && block.sizeBytes == size)
    #expect(block.optionValue == value && block.offset == Int(number) * size)
  }

  @Test("Four bytes are no block")
  func tooLong() throws {
    #expect(Block(optionValue: 0x0100_0000) == nil)
    let bytes = try write(.get) { $0.option(.block2, [0, 0, 0, 6].span) }
    #expect(throws: CoAPError.badBlock) { try parse(bytes).block(.block2, in: bytes.span) }
  }

  @Test("The largest size that fits", arguments: [(15, 0), (16, 0), (31, 0), (32, 1), (1023, 5), (1024, 6), (9999, 6)])
  func fitting(bytes: Int, exponent: UInt8) {
    #expect(Block.sizeExponent(fitting: bytes) == exponent)
  }

  @Test("A slice is served at any size, and the ones beyond the body are refused")
  func slices() throws {
    let whole = try BlockSlice(bodyBytes: 40, asked: nil, largestExponent: 2)
    #expect(whole.range == 0..<40 && whole.block == nil)
    let first = try BlockSlice(bodyBytes: 100, asked: nil, largestExponent: 2)
    #expect(first.range == 0..<64 && first.block == Block(number: 0, more: true, sizeExponent: 2))
    let last = try BlockSlice(
      bodyBytes: 100, asked: Block(number: 1, more: false, sizeExponent: 2), largestExponent: 2)
    #expect(last.range == 64..<100 && last.block == Block(number: 1, more: false, sizeExponent: 2))
    // Asked for 128 bytes from 128 on; served 32 from there.
    let smaller = try BlockSlice(
      bodyBytes: 300, asked: Block(number: 1, more: false, sizeExponent: 3), largestExponent: 1)
    #expect(smaller.range == 128..<160 && smaller.block == Block(number: 4, more: true, sizeExponent: 1))
    let askedWhole = try BlockSlice(
      bodyBytes: 10, asked: Block(number: 0, more: false, sizeExponent: 6), largestExponent: 6)
    #expect(askedWhole.block == Block(number: 0, more: false, sizeExponent: 6))
    let empty = try BlockSlice(bodyBytes: 0, asked: nil, largestExponent: 6)
    #expect(empty.range.isEmpty && empty.block == nil)
    for number in [UInt32(2), 3, Block.maxNumber] {
      #expect(throws: CoAPError.badBlock) {
        try BlockSlice(bodyBytes: 128, asked: Block(number: number, more: false, sizeExponent: 2), largestExponent: 2)
      }
    }
  }
}
