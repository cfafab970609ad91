/// Sends a body as Block1 requests and follows what the server answers (RFC 7959 §2.5, client side).
public struct BlockSender: Sendable {
  /// What an answer means.
  public enum Outcome: Equatable, Sendable {
    /// Send the request for `range` with `block`.
    case next
    /// The server asked for smaller blocks from the start: send block 0 again.
    case restart
    /// The answer is the final one, good or bad.
    case finished
    /// The server's Block1 option does not fit what was sent.
    case malformed
  }

  /// The body's length.
  public let bodyBytes: Int
  /// The option for the request to send next.
  public private(set) var block: Block
  private var offset = 0

  /// Begins at block 0.
  ///
  /// - Parameters:
  ///   - bodyBytes: the body's length, at most 2^20 blocks.
  ///   - sizeExponent: 0 to 6.
  public init(bodyBytes: Int, sizeExponent: UInt8) {
    self.bodyBytes = bodyBytes
    let exponent = Swift.min(sizeExponent, 6)
    self.block = Block(number: 0, more: bodyBytes > 16 << Int(exponent), sizeExponent: exponent)
  }

  /// The bytes of the body for the request to send next.
  public var range: Range<Int> {
    self.offset..<Swift.min(self.bodyBytes, self.offset + self.block.sizeBytes)
  }

  /// Takes the answer to the request sent last.
  ///
  /// - Parameters:
  ///   - code: the response's code.
  ///   - reply: its Block1 option.
  public mutating func receive(_ code: Code, reply: Block?) -> Outcome {
    let smaller = reply.map { $0.sizeExponent < self.block.sizeExponent } ?? false
    if code == .requestEntityTooLarge, self.offset == 0, smaller, let reply {
      self.step(to: 0, exponent: reply.sizeExponent)
      return .restart
    }
    guard code == .continue else { return .finished }
    guard let reply, reply.number == self.block.number, self.block.more else { return .malformed }
    self.step(to: self.range.upperBound, exponent: Swift.min(reply.sizeExponent, self.block.sizeExponent))
    return .next
  }

  private mutating func step(to offset: Int, exponent: UInt8) {
    self.offset = offset
    let size = 16 << Int(exponent)
    self.block = Block(
      number: UInt32(offset >> Int(exponent + 4)), more: offset + size < self.bodyBytes, sizeExponent: exponent)
  }
}
