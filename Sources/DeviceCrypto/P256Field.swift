/// A number modulo P-256's prime, mostly in Montgomery's form: the number times 2²⁵⁶.
///
/// Made to be small, not fast: recovering a y costs a twentieth of the agreement that follows, and it takes no memory but a
/// hundred bytes of stack. Not for secrets: its time depends on the numbers.
struct P256Field: Equatable {
  /// 32 bits each, the least significant first.
  var words: InlineArray<8, UInt32>

  /// 2²⁵⁶ - 2²²⁴ + 2¹⁹² + 2⁹⁶ - 1 (SEC 2 §2.4.2).
  private static var prime: InlineArray<8, UInt32> {
    [0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF, 0, 0, 0, 1, 0xFFFF_FFFF]
  }

  /// 2⁵¹²: multiplying by it brings a number into Montgomery's form.
  static var radixSquared: Self {
    Self(words: [3, 0, 0xFFFF_FFFF, 0xFFFF_FFFB, 0xFFFF_FFFE, 0xFFFF_FFFF, 0xFFFF_FFFD, 4])
  }

  /// 1, not in Montgomery's form: multiplying by it leads out of the form.
  static var plainOne: Self { Self(words: [1, 0, 0, 0, 0, 0, 0, 0]) }

  /// -3, the curve's a, in Montgomery's form.
  static var minusThree: Self {
    Self(words: [0xFFFF_FFFC, 0xFFFF_FFFF, 0xFFFF_FFFF, 3, 0, 0, 4, 0xFFFF_FFFC])
  }

  /// The curve's b, in Montgomery's form.
  static var curveB: Self {
    Self(words: [
      0x29C4_BDDF, 0xD89C_DF62, 0x7884_3090, 0xACF0_05CD, 0xF721_2ED6, 0xE5A2_20AB, 0x0487_4834, 0xDC30_061D,
    ])
  }

  private init(words: InlineArray<8, UInt32>) {
    self.words = words
  }

  /// The number as it stands in 32 bytes, not in Montgomery's form and perhaps not below the prime.
  init(bigEndian bytes: Span<UInt8>) {
    self.words = InlineArray(repeating: 0)
    for index in 0..<32 {
      self.words[7 - index / 4] = self.words[7 - index / 4] &<< 8 | UInt32(bytes[index])
    }
  }

  /// Whether the number is below the prime.
  var isReduced: Bool {
    var copy = self
    return !copy.subtractPrime()
  }

  /// Montgomery's product, this times the factor divided by 2²⁵⁶ (Handbook of Applied Cryptography, algorithm 14.36).
  @inline(never)
  mutating func multiply(by factor: Self) {
    let prime = Self.prime
    var sum = InlineArray<10, UInt32>(repeating: 0)
    for index in 0..<8 {
      Self.accumulate(&sum, self.words, times: factor.words[index])
      // The prime is -1 modulo 2³², so that adding it as often as the lowest word says makes that word zero.
      let lowest = sum[0]
      Self.accumulate(&sum, prime, times: lowest)
      for word in 0..<9 { sum[word] = sum[word + 1] }
      sum[9] = 0
    }
    for index in 0..<8 { self.words[index] = sum[index] }
    self.reduce(carry: sum[8])
  }

  /// The sum, by school's method.
  mutating func add(_ other: Self) {
    var carry: UInt64 = 0
    for index in 0..<8 {
      carry += Self.widen(self.words[index]) + Self.widen(other.words[index])
      self.words[index] = UInt32(truncatingIfNeeded: carry)
      carry &>>= 32
    }
    self.reduce(carry: UInt32(truncatingIfNeeded: carry))
  }

  static func == (left: Self, right: Self) -> Bool {
    for index in 0..<8 where left.words[index] != right.words[index] { return false }
    return true
  }

  /// Takes a number below twice the prime, with a ninth word, to one below it.
  private mutating func reduce(carry: UInt32) {
    var difference = self
    let fits = difference.subtractPrime()
    if carry != 0 || fits { self = difference }
  }

  /// Subtracts the prime modulo 2²⁵⁶.
  ///
  /// - Returns: whether the number was at least the prime.
  private mutating func subtractPrime() -> Bool {
    let prime = Self.prime
    var borrow: UInt64 = 0
    for index in 0..<8 {
      let difference = Self.widen(self.words[index]) &- Self.widen(prime[index]) &- borrow
      self.words[index] = UInt32(truncatingIfNeeded: difference)
      borrow = difference &>> 63
    }
    return borrow == 0
  }

  /// Adds `number` times `factor`: eight words into ten. No step can carry out of 64 bits.
  @inline(never)
  private static func accumulate(
    _ sum: inout InlineArray<10, UInt32>, _ number: InlineArray<8, UInt32>, times factor: UInt32
  ) {
    var carry: UInt64 = 0
    for index in 0..<8 {
      carry += widen(number[index]) * widen(factor) + widen(sum[index])
      sum[index] = UInt32(truncatingIfNeeded: carry)
      carry &>>= 32
    }
    carry += widen(sum[8])
    sum[8] = UInt32(truncatingIfNeeded: carry)
    sum[9] &+= UInt32(truncatingIfNeeded: carry &>> 32)
  }

  /// `UInt64(_:)` is generic, and under `-no-allocations` Swift 6.3 finds array storage in it on 32-bit targets.
  private static func widen(_ word: UInt32) -> UInt64 { UInt64(_truncatingBits: UInt(word)) }
}
