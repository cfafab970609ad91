/// The value of a Block1 or Block2 option: which block of a body, and whether more follow (RFC 7959 §2.2).
public struct Block: Equatable, Sendable {
  /// The block's index, 0 to 1,048,575; it stands `number` block sizes into the body.
  public var number: UInt32
  /// There are blocks after this one. Meaningless in a Block2 option of a request.
  public var more: Bool
  /// The size as a power of two less four: 0 is 16 bytes, 6 is 1024. 7 is BERT (RFC 8323 §6): the unit is 1024 bytes
  /// and one message may carry several of them.
  public var sizeExponent: UInt8

  /// The largest index that fits the option.
  public static let maxNumber: UInt32 = 0xF_FFFF

  /// A block by its parts.
  ///
  /// - Parameters:
  ///   - number: 0 to `maxNumber`.
  ///   - sizeExponent: 0 to 7; the higher bits are dropped.
  public init(number: UInt32, more: Bool, sizeExponent: UInt8) {
    self.number = number
    self.more = more
    self.sizeExponent = sizeExponent & 7
  }

  /// Reads an option's value as `Message.firstUInt` returns it.
  ///
  /// - Returns: nil for more than three bytes.
  public init?(optionValue: UInt32) {
    guard optionValue >> 24 == 0 else { return nil }
    self.init(
      number: optionValue >> 4, more: optionValue & 8 != 0, sizeExponent: UInt8(truncatingIfNeeded: optionValue & 7))
  }

  /// What stands in the option.
  public var optionValue: UInt32 {
    self.number << 4 | (self.more ? 8 : 0) | UInt32(self.sizeExponent)
  }

  /// The unit `number` counts, 16 to 1024 bytes.
  public var sizeBytes: Int { 16 << Int(Swift.min(self.sizeExponent, 6)) }

  /// Where the block begins in the body, in bytes (less than 2^30).
  public var offset: Int { Int(self.number) * self.sizeBytes }

  /// The exponent of the largest block size that is not larger than `bytes`; 0 for less than 16.
  public static func sizeExponent(fitting bytes: Int) -> UInt8 {
    var exponent: UInt8 = 6
    while exponent > 0 && 16 << Int(exponent) > bytes { exponent -= 1 }
    return exponent
  }
}

extension Message {
  /// The first Block option of this number (`.block1` or `.block2`).
  ///
  /// - Throws: `badBlock` if the option is there and longer than three bytes, or a number of it too large.
  public func block(_ number: OptionNumber, in frame: Span<UInt8>) throws(CoAPError) -> Block? {
    guard let range = self.value(of: number, in: frame) else { return nil }
    guard range.count <= 3, let value = self.firstUInt(number, in: frame), let block = Block(optionValue: value) else {
      throw .badBlock
    }
    return block
  }
}
