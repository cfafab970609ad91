/// One slice of a body that is served by Block2 (RFC 7959 §2.4).
///
/// The server keeps no state: each request names the slice it wants. The response carries the body's ETag, so that the
/// client can tell when the body changed in between.
public struct BlockSlice: Equatable, Sendable {
  /// The slice's bytes within the body; empty only for an empty body.
  public let range: Range<Int>
  /// The response's Block2 option; nil when the body fits and no block was asked for.
  public let block: Block?

  /// Chooses the slice that answers a request.
  ///
  /// - Parameters:
  ///   - bodyBytes: the body's length.
  ///   - asked: the request's Block2 option, if it has one.
  ///   - largestExponent: 0 to 6, the largest block that fits a response.
  /// - Throws: `badBlock` when the block lies beyond the body: answer 4.00.
  public init(bodyBytes: Int, asked: Block?, largestExponent: UInt8) throws(CoAPError) {
    // An offset is a multiple of every smaller size, so a smaller block can begin where the asked one would.
    let exponent = Swift.min(asked?.sizeExponent ?? 6, largestExponent)
    let size = 16 << Int(exponent)
    let start = asked?.offset ?? 0
    guard start < bodyBytes || start == 0 else { throw .badBlock }
    let end = Swift.min(bodyBytes, start + size)
    self.range = start..<end
    if asked == nil && end == bodyBytes {
      self.block = nil
    } else {
      let number = UInt32(start >> Int(exponent + 4))
      self.block = Block(number: number, more: end < bodyBytes, sizeExponent: exponent)
    }
  }
}
