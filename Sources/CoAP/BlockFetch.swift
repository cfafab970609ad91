/// Fetches a body by Block2 requests (RFC 7959 §2.4, client side).
public struct BlockFetch: Sendable {
  /// What to do with a response.
  public enum Outcome: Equatable, Sendable {
    /// Store the payload at the offset and ask for `next`.
    case store(offset: Int)
    /// Store the payload at the offset; the body is whole.
    case complete(offset: Int, bodyBytes: Int)
    /// The body changed at the server meanwhile: ask for it anew from block 0.
    case changed
    /// The body is longer than the limit.
    case tooLarge
    /// The response's Block2 option does not fit what was asked.
    case malformed
  }

  /// The longest body taken, in bytes.
  public let limitBytes: Int
  /// The option for the next request. The first request may go without it.
  public private(set) var next: Block
  private var receivedBytes = 0
  private var tag: EntityTag?

  /// Begins at block 0.
  ///
  /// - Parameters:
  ///   - sizeExponent: 0 to 6, the size asked for.
  ///   - limitBytes: the longest body taken.
  public init(sizeExponent: UInt8, limitBytes: Int) {
    self.next = Block(number: 0, more: false, sizeExponent: Swift.min(sizeExponent, 6))
    self.limitBytes = limitBytes
  }

  /// Judges a successful response.
  ///
  /// - Parameters:
  ///   - block: its Block2 option; nil means that the payload is the whole body.
  ///   - tag: its ETag; the same in all blocks of one state of the body.
  ///   - payloadBytes: its payload's length.
  public mutating func receive(_ block: Block?, tag: EntityTag?, payloadBytes: Int) -> Outcome {
    let offset = block?.offset ?? 0
    guard offset == self.receivedBytes else { return .malformed }
    if offset == 0 { self.tag = tag }
    guard tag == self.tag else { return .changed }
    guard payloadBytes <= self.limitBytes - offset else { return .tooLarge }
    self.receivedBytes = offset + payloadBytes
    guard let block, block.more else {
      return .complete(offset: offset, bodyBytes: self.receivedBytes)
    }
    let isBERT = block.sizeExponent == 7
    let isFull = isBERT ? payloadBytes > 0 && payloadBytes & 1023 == 0 : payloadBytes == block.sizeBytes
    guard isFull else { return .malformed }
    // The server may have chosen a smaller size; from then on it is the one to use (RFC 7959 §2.4).
    let exponent = Swift.min(block.sizeExponent, 6)
    let number = UInt32(self.receivedBytes >> Int(exponent + 4))
    guard number <= Block.maxNumber else { return .tooLarge }
    self.next = Block(number: number, more: false, sizeExponent: exponent)
    return .store(offset: offset)
  }
}
