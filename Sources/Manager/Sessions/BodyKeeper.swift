import CoAP
import CoAPStream
import Crypto
import Foundation
import OSCORE

/// Bodies that are longer than a message, both ways, inside sessions: block-wise transfer (RFC 7959) whose options are
/// protected with the rest (RFC 8613 §4.1.3.4.1), so each block is the device's own, and of now.
///
/// Memory is what a peer could ask for here, so all of it has bounds: a device has one transfer at a time, in whichever of its
/// sessions, a gateway few, a body a longest length, and a transfer that nobody goes on with an end.
actor BodyKeeper {
  struct Limits: Sendable {
    /// The longest body taken, in bytes.
    var bodyBytes = 4_096
    /// The longest answer given, in bytes.
    var answerBytes = 16_384
    /// Transfers of one gateway certificate at a time.
    var gateway = 16
    /// How long the next block may take, in seconds.
    var lifetime: TimeInterval = 60
  }

  /// 1,024 bytes: what goes through the gateway's UDP side in one datagram, protected.
  private static let largestExponent: UInt8 = 6

  private let limits: Limits
  private let clock: any ManagerClock
  private var transfers: [Thumbprint: BodyTransfer] = [:]

  /// Whose request it is, and where it came in.
  struct Source: Sendable {
    let device: Thumbprint
    /// No other one's blocks are put together with it.
    let session: ConnectionIdentifier
    let gateway: String
  }

  init(clock: any ManagerClock, limits: Limits = .init()) {
    self.clock = clock
    self.limits = limits
  }

  /// Transfers under way, whole or not.
  var count: Int { transfers.count }

  /// Answers one request of a session: takes a block, gives out one, or has a whole request worked on.
  ///
  /// - Parameter work: answers a whole request, which has no block options any more.
  func answer(
    _ request: CoAPMessage, from source: Source,
    work: @Sendable (CoAPMessage) async -> CoAPMessage
  ) async -> CoAPMessage {
    guard request.hasReadableBlocks else { return .response(.badOption) }
    let operation = BodyOperation(request)
    var whole = request.withoutBlocks
    var reply: Block?
    if let block = request.block1 {
      switch take(block, of: request, operation, source) {
      case .answer(let answer): return answer
      case .whole(let body, let last):
        whole.payload = body
        reply = last
      }
    } else if let asked = request.block2, asked.number > 0 {
      if let answer = next(asked, of: operation, source) { return answer }
      // What only reads can be read again; anything else would be done twice.
      guard request.code == .get else { return .response(.requestEntityIncomplete) }
    }
    var answer = await work(whole)
    answer.block1 = reply
    return give(answer, to: request, operation, source)
  }

  private enum Taken {
    case answer(CoAPMessage)
    case whole([UInt8], Block?)
  }

  private func take(
    _ block: Block, of request: CoAPMessage, _ operation: BodyOperation, _ source: Source
  ) -> Taken {
    var receiver = BlockReceiver(largestExponent: Self.largestExponent, limitBytes: limits.bodyBytes)
    var body: [UInt8] = []
    if case .receiving(let begun, let bytes) = transfer(of: operation, source)?.stage {
      (receiver, body) = (begun, bytes)
    }
    let outcome = receiver.receive(
      block, tag: request.value(of: .requestTag).flatMap { Token($0.span) }, payloadBytes: request.payload.count,
      announcedBytes: request.uint(.size1))
    switch outcome {
    case .store(let offset, let reply):
      body = body.prefix(offset) + request.payload
      guard put(.receiving(receiver, body), of: operation, source) else { return .answer(.busy(seconds: 5)) }
      return .answer(.continuing(reply))
    case .repeated(let reply): return .answer(.continuing(reply))
    case .complete(let offset, _, let last):
      // Its place is kept for the answer: what has been worked on shall not be refused for want of one.
      if transfers[source.device] != nil, !put(.working, of: operation, source) { transfers[source.device] = nil }
      return .whole(body.prefix(offset) + request.payload, last)
    case .incomplete:
      transfers[source.device] = nil
      return .answer(.response(.requestEntityIncomplete))
    case .tooLarge(let limit):
      transfers[source.device] = nil
      var answer = CoAPMessage.response(.requestEntityTooLarge)
      answer.set(.size1, uint: UInt32(limit))
      return .answer(answer)
    case .malformed:
      transfers[source.device] = nil
      return .answer(.response(.badRequest))
    }
  }

  /// The next block of the answer that is kept for the session.
  private func next(_ asked: Block, of operation: BodyOperation, _ source: Source) -> CoAPMessage? {
    guard var transfer = transfer(of: operation, source), case .answering(let answer) = transfer.stage else {
      return nil
    }
    guard let slice = try? BlockSlice(bodyBytes: answer.payload.count, asked: asked, largestExponent: 6) else {
      return .response(.badRequest)
    }
    transfer.since = clock.now
    transfers[source.device] = slice.block?.more == true ? transfer : nil
    return answer.slice(slice)
  }

  /// Gives an answer whole, or its first block and keeps the rest.
  private func give(
    _ answer: CoAPMessage, to request: CoAPMessage, _ operation: BodyOperation, _ source: Source
  ) -> CoAPMessage {
    // The place that was kept for the answer is free, unless the answer stays in it.
    defer { if case .working = transfer(of: operation, source)?.stage { transfers[source.device] = nil } }
    guard answer.code.isSuccess else { return answer }
    // Whoever sends small blocks wants no larger ones.
    let exponent = min(request.block1?.sizeExponent ?? Self.largestExponent, Self.largestExponent)
    guard
      let slice = try? BlockSlice(
        bodyBytes: answer.payload.count, asked: request.block2, largestExponent: exponent)
    else { return .response(.badRequest) }
    guard let block = slice.block else { return answer }
    guard answer.payload.count <= limits.answerBytes else { return .response(.internalServerError) }
    var tagged = answer
    if tagged.value(of: .eTag) == nil { tagged.add(.eTag, Array(SHA256.hash(data: answer.payload).prefix(8))) }
    if block.more {
      guard put(.answering(tagged.withoutBlocks), of: operation, source) else { return .busy(seconds: 5) }
    }
    return tagged.slice(slice)
  }

  /// What is under way of an operation in a session, if somebody went on with it within its lifetime.
  private func transfer(of operation: BodyOperation, _ source: Source) -> BodyTransfer? {
    guard let transfer = transfers[source.device], transfer.session == source.session, transfer.operation == operation,
      isAlive(transfer)
    else { return nil }
    return transfer
  }

  private func isAlive(_ transfer: BodyTransfer) -> Bool {
    clock.now.timeIntervalSince(transfer.since) <= limits.lifetime
  }

  /// - Returns: whether its gateway has room for it.
  private func put(_ stage: BodyTransfer.Stage, of operation: BodyOperation, _ source: Source) -> Bool {
    if transfers[source.device]?.gateway != source.gateway {
      transfers = transfers.filter { isAlive($0.value) }
      guard transfers.values.count(where: { $0.gateway == source.gateway }) < limits.gateway else { return false }
    }
    transfers[source.device] = BodyTransfer(
      session: source.session, gateway: source.gateway, operation: operation, since: clock.now, stage: stage)
    return true
  }
}
