/// Receives a body that comes as Block1 requests, in order (RFC 7959 §2.5).
///
/// It keeps no bytes: it says where each payload belongs, and the caller stores it there (DeviceKit: straight to
/// flash). Block 0 always begins anew, so that a peer that lost its way has a way out. The repetition of the block just
/// taken is answered again and not stored again: its answer may have been lost with the gateway's connection.
public struct BlockReceiver: Sendable {
  /// What to do with a request, and what to answer it with.
  public enum Outcome: Equatable, Sendable {
    /// Store the payload at the offset, then answer 2.31 with `reply` as Block1.
    case store(offset: Int, reply: Block)
    /// Store nothing, answer 2.31 with `reply` as Block1.
    case repeated(reply: Block)
    /// Store the payload at the offset; the body is whole. Answer as fits the request, with `reply` as Block1 if the
    /// request had that option.
    case complete(offset: Int, bodyBytes: Int, reply: Block?)
    /// Answer 4.08: a block is missing, or it belongs to another body.
    case incomplete
    /// Answer 4.13 with `limitBytes` as Size1: the body is too long.
    case tooLarge(limitBytes: Int)
    /// Answer 4.00: the payload's length does not fit its Block1 option.
    case malformed
  }

  /// The largest block asked for, an exponent as in `Block`.
  public let largestExponent: UInt8
  /// The longest body taken, in bytes.
  public let limitBytes: Int
  /// How much has been received of the body that is under way.
  public private(set) var receivedBytes = 0

  private var tag: RequestTag?
  private var lastOffset = 0
  private var isUnderWay = false

  /// Waits for a block 0.
  ///
  /// - Parameters:
  ///   - largestExponent: 0 to 6, or 7 to take BERT. A larger block is taken if it arrived at all, but smaller ones are
  ///     asked for.
  ///   - limitBytes: the longest body taken.
  public init(largestExponent: UInt8, limitBytes: Int) {
    self.largestExponent = largestExponent
    self.limitBytes = limitBytes
  }

  /// Judges one request.
  ///
  /// - Parameters:
  ///   - block: its Block1 option; nil means that the payload is the whole body.
  ///   - tag: its Request-Tag; all blocks of a body have the same one, or none.
  ///   - payloadBytes: its payload's length.
  ///   - announcedBytes: its Size1 option, the length the body will have.
  public mutating func receive(
    _ block: Block?, tag: RequestTag?, payloadBytes: Int, announcedBytes: UInt32?
  ) -> Outcome {
    let offset = block?.offset ?? 0
    if let block, !self.fits(payloadBytes, block) { return self.fail(.malformed) }
    if offset == 0 {
      let repeated = self.isUnderWay && self.lastOffset == 0 && self.receivedBytes == payloadBytes && self.tag == tag
      if repeated, let block, block.more, tag != nil { return .repeated(reply: self.reply(to: block)) }
      self.receivedBytes = 0
      self.tag = tag
      self.isUnderWay = true
    }
    guard self.isUnderWay, self.tag == tag else { return self.fail(.incomplete) }
    if let block, block.more, offset > 0, offset == self.lastOffset, offset + payloadBytes == self.receivedBytes {
      return .repeated(reply: self.reply(to: block))
    }
    guard offset == self.receivedBytes else { return self.fail(.incomplete) }
    // Compared as UInt32: on a device not every announced length is an Int.
    let announced = announcedBytes ?? 0
    guard payloadBytes <= self.limitBytes - offset, announced <= UInt32(truncatingIfNeeded: self.limitBytes) else {
      return self.fail(.tooLarge(limitBytes: self.limitBytes))
    }
    self.lastOffset = offset
    self.receivedBytes = offset + payloadBytes
    guard let block, block.more else {
      self.isUnderWay = false
      return .complete(offset: offset, bodyBytes: self.receivedBytes, reply: block.map { self.reply(to: $0) })
    }
    return .store(offset: offset, reply: self.reply(to: block))
  }

  /// Forgets the body that is under way.
  public mutating func reset() {
    self.isUnderWay = false
    self.receivedBytes = 0
  }

  /// All blocks but the last are full; a BERT message carries full kilobytes (RFC 8323 §6).
  private func fits(_ payloadBytes: Int, _ block: Block) -> Bool {
    let isBERT = block.sizeExponent == 7
    guard block.more else { return isBERT || payloadBytes <= block.sizeBytes }
    return isBERT ? payloadBytes > 0 && payloadBytes & 1023 == 0 : payloadBytes == block.sizeBytes
  }

  /// The option repeated, with the size wanted from the next block on (RFC 7959 §2.3).
  private func reply(to block: Block) -> Block {
    var reply = block
    reply.sizeExponent = Swift.min(block.sizeExponent, self.largestExponent)
    return reply
  }

  private mutating func fail(_ outcome: Outcome) -> Outcome {
    self.reset()
    return outcome
  }
}
