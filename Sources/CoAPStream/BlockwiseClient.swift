import CoAP

/// Carries one request out block-wise, both ways (RFC 7959): its body by Block1 if it is long, and its answer's by
/// Block2 if the server slices it.
///
/// It only needs something that carries out a request: a connection, or a line.
public struct BlockwiseClient: Sendable {
  /// The size of the blocks sent and asked for, an exponent as in `Block`: 0 is 16 bytes, 6 is 1024. The server may
  /// lower it.
  public var sizeExponent: UInt8 = 6
  /// The longest body sent whole, in bytes, where that is more than one block: for a server whose messages may be longer
  /// than 1024 bytes, which saves a round trip.
  public var wholeBodyBytes = 0
  /// The longest answer taken, in bytes.
  public var limitBytes = 65_536
  /// Tells the blocks of this request's body from those of another (RFC 9175 §3); 0 to 8 bytes, nil for none. Needed
  /// where two transfers to one resource could get mixed up.
  public var requestTag: [UInt8]?
  /// How often a body is begun anew: the server lost a block (4.08), or the answer changed while it was fetched.
  public var maximumRestarts = 2

  /// 1024-byte blocks, answers of at most 64 KiB, no Request-Tag.
  public init() {}

  /// Carries the request out.
  ///
  /// - Parameters:
  ///   - request: with its whole body as payload.
  ///   - send: carries out a single request.
  /// - Returns: the final answer, with its whole body as payload and without block options.
  /// - Throws: `CoAPConnectionError.blockTransfer`, and what `send` throws.
  public func perform(
    _ request: CoAPMessage, send: (CoAPMessage) async throws -> CoAPMessage
  ) async throws -> CoAPMessage {
    let first = try await self.deliver(request, send: send)
    return try await self.collect(first, of: request, send: send)
  }

  /// Sends the body, in blocks if it is longer than one, and returns the answer to the last.
  private func deliver(
    _ request: CoAPMessage, send: (CoAPMessage) async throws -> CoAPMessage
  ) async throws -> CoAPMessage {
    guard request.payload.count > max(self.wholeBodyBytes, 16 << Int(min(self.sizeExponent, 6))) else {
      return try await send(request)
    }
    var sender = BlockSender(bodyBytes: request.payload.count, sizeExponent: self.sizeExponent)
    var restarts = 0
    while true {
      var part = request
      part.payload = Array(request.payload[sender.range])
      part.block1 = sender.block
      if sender.block.number == 0 { part.set(.size1, uint: UInt32(clamping: sender.bodyBytes)) }
      if let requestTag { part.set(.requestTag, requestTag) }
      let answer = try await send(part)
      if answer.code == .requestEntityIncomplete, sender.block.number > 0, restarts < self.maximumRestarts {
        restarts += 1
        sender = BlockSender(bodyBytes: sender.bodyBytes, sizeExponent: sender.block.sizeExponent)
        continue
      }
      switch sender.receive(answer.code, reply: answer.block1) {
      case .next, .restart: continue
      case .finished: return answer
      case .malformed: throw CoAPConnectionError.blockTransfer(.malformed)
      }
    }
  }

  /// Fetches the rest of an answer that came as its first block.
  private func collect(
    _ first: CoAPMessage, of request: CoAPMessage, send: (CoAPMessage) async throws -> CoAPMessage
  ) async throws -> CoAPMessage {
    var fetch = BlockFetch(sizeExponent: self.sizeExponent, limitBytes: self.limitBytes)
    var answer = first
    var body: [UInt8] = []
    var restarts = 0
    while answer.code.isSuccess {
      if answer.value(of: .block2) != nil && answer.block2 == nil {
        throw CoAPConnectionError.blockTransfer(.malformed)
      }
      switch fetch.receive(answer.block2, tag: answer.entityTag, payloadBytes: answer.payload.count) {
      case .store:
        body += answer.payload
      case .complete:
        answer.payload = body + answer.payload
        answer.block1 = nil
        answer.block2 = nil
        return answer
      case .changed:
        restarts += 1
        guard restarts <= self.maximumRestarts else { throw CoAPConnectionError.blockTransfer(.changing) }
        body = []
        fetch = BlockFetch(sizeExponent: self.sizeExponent, limitBytes: self.limitBytes)
      case .tooLarge: throw CoAPConnectionError.blockTransfer(.tooLarge)
      case .malformed: throw CoAPConnectionError.blockTransfer(.malformed)
      }
      var next = request
      next.payload = []
      next.contentFormat = nil
      next.block2 = fetch.next
      answer = try await send(next)
    }
    return answer
  }
}

extension CoAPConnection {
  /// Sends a request block-wise where it has to be, and waits for the whole answer.
  ///
  /// - Parameters:
  ///   - message: a request with its whole body.
  ///   - client: block size and limits.
  ///   - timeout: for each single exchange.
  /// - Throws: as `request`, and `CoAPConnectionError.blockTransfer`.
  public func transfer(
    _ message: CoAPMessage, client: BlockwiseClient = BlockwiseClient(), timeout: Duration
  ) async throws -> CoAPMessage {
    try await client.perform(message) { try await self.request($0, timeout: timeout) }
  }
}
