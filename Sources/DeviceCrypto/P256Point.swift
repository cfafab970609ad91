package import COSE

/// Whole points out of x-coordinates, for a PSA that takes only whole points: mbedTLS 2.28 knows no compressed ones.
///
/// The time taken depends on x, which is public: it came over the line.
package enum P256Point {
  /// Writes the uncompressed point with this x (SEC 1 §2.3.3), whichever of the two.
  ///
  /// - Parameters:
  ///   - x: 32 bytes, big-endian.
  ///   - point: 65 bytes.
  /// - Throws: `badPoint` when x is not below the field's prime, or the curve has no point there.
  package static func complete(x: Span<UInt8>, into point: inout MutableSpan<UInt8>) throws(CryptoError) {
    var y = P256Field(bigEndian: x)
    guard y.isReduced else { throw .badPoint }
    y.multiply(by: P256Field.radixSquared)
    y.evaluateCurve()
    guard y.takeSquareRoot() else { throw .badPoint }
    y.multiply(by: P256Field.plainOne)
    point[0] = 4
    for index in x.indices { point[1 + index] = x[index] }
    for index in 0..<32 {
      let shift = UInt32(truncatingIfNeeded: 24 - 8 * (index % 4))
      point[33 + index] = UInt8(truncatingIfNeeded: y.words[7 - index / 4] &>> shift)
    }
  }
}

extension P256Field {
  /// Replaces x by x³ - 3x + b, in Montgomery's form (SEC 2 §2.4.2).
  fileprivate mutating func evaluateCurve() {
    let x = self
    self.multiply(by: x)
    self.add(Self.minusThree)
    self.multiply(by: x)
    self.add(Self.curveB)
  }

  /// Replaces a square by one of its roots, in Montgomery's form.
  ///
  /// - Returns: false for a number that is no square.
  fileprivate mutating func takeSquareRoot() -> Bool {
    // The prime is 3 modulo 4, so the root of a is a^((p+1)/4), and (p+1)/4 = ((2³² - 1) · 2¹²⁸ + 2⁹⁶ + 1) · 2⁹⁴.
    let square = self
    self.raise(toOnes: 32)
    self.square(times: 32, thenMultiplyBy: square)
    self.square(times: 96, thenMultiplyBy: square)
    self.square(times: 94)
    var check = self
    check.square(times: 1)
    return check == square
  }

  // Never inlined, or every single squaring would be, with its own copies on the stack: 2 KB of it.

  /// The power with an exponent of so many ones in binary, a power of two of them.
  @inline(never)
  private mutating func raise(toOnes count: Int) {
    var ones = 1
    while ones < count {
      let half = self
      self.square(times: ones, thenMultiplyBy: half)
      ones *= 2
    }
  }

  private mutating func square(times: Int, thenMultiplyBy factor: Self) {
    self.square(times: times)
    self.multiply(by: factor)
  }

  @inline(never)
  private mutating func square(times: Int) {
    for _ in 0..<times {
      let factor = self
      self.multiply(by: factor)
    }
  }
}
