import COSE
import CoAP

extension Device where Crypto: ~Copyable, Storage: ~Copyable {
  /// `PUT /crt`: stores a block, and after the last one checks the certificates and makes them the ones in force.
  mutating func takeCertificates(_ exchange: inout Exchange) throws(Rejection) -> Int {
    let payload = try exchange.payload(.certsOnly)
    guard journal.record.key != nil else { throw Rejection(.noKey) }
    let block: Block?
    do {
      block = try exchange.request.block(.block1, in: exchange.frame)
    } catch {
      throw Rejection(.badOption)
    }
    let outcome = receiver.receive(
      block, tag: exchange.request.tag(.requestTag, in: exchange.frame), payloadBytes: payload.count,
      announcedBytes: exchange.request.firstUInt(.size1, in: exchange.frame))
    switch outcome {
    case .store(let offset, let next):
      try stage(payload, at: offset)
      return exchange.respond(.continue, block1: next)
    case .repeated(let next):
      return exchange.respond(.continue, block1: next)
    case .complete(let offset, let bodyBytes, let last):
      try stage(payload, at: offset)
      var scratch = exchange.room()
      try install(bodyBytes, scratch: &scratch)
      outreach.certificateDidChange(now: exchange.now)
      return exchange.respond(.changed, block1: last)
    case .incomplete: throw Rejection(.requestEntityIncomplete)
    case .tooLarge: throw Rejection(.requestEntityTooLarge)
    case .malformed: throw Rejection(.badRequest)
    }
  }

  /// `GET /crt`: the certificates in force, as they came.
  mutating func answerCertificates(_ exchange: inout Exchange) throws(Rejection) -> Int {
    guard state == .certified else { throw Rejection(.notFound) }
    let slice: BlockSlice
    do {
      slice = try BlockSlice(
        bodyBytes: journal.record.certificatesBytes,
        asked: exchange.request.block(.block2, in: exchange.frame),
        largestExponent: receiver.largestExponent)
    } catch {
      throw Rejection(.badRequest)
    }
    var writer = exchange.writer(.content, .certsOnly)
    if let block = slice.block { add(.block2, block.optionValue, to: &writer) }
    let (start, count) = (journal.certificatesOffset + slice.range.lowerBound, slice.range.count)
    return try end(writer) { (room) throws(Rejection) in
      guard count <= room.count else { throw Rejection(.internalServerError) }
      try journal.load(at: start, count, into: &room)
      return count
    }
  }

  private mutating func stage(_ bytes: Span<UInt8>, at position: Int) throws(Rejection) {
    do {
      if position == 0 { try journal.beginStaging() }
      try journal.stage(bytes, at: position)
    } catch {
      throw Rejection(error)
    }
  }

  private mutating func install(_ count: Int, scratch: inout MutableSpan<UInt8>) throws(Rejection) {
    try CertificatePath.check(
      at: journal.stagedOffset, count: count, in: &journal, crypto: &crypto,
      serialNumber: description.serialNumber.ascii, scratch: &scratch)
    do {
      try journal.commitCertificates(count: count)
    } catch {
      throw Rejection(error)
    }
    lastReason = 0
    expectTransfer()
  }
}
