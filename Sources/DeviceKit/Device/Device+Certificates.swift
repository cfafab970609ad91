import COSE
import CoAP

extension Device where Crypto: ~Copyable, Storage: ~Copyable {
  /// `PUT /crt`: stores a block, and after the last one checks the certificates and makes them the ones in force.
  mutating func takeCertificates(
    _ request: Message, in frame: Span<UInt8>, reply: inout MutableSpan<UInt8>, now: UInt64
  ) throws(Rejection) -> Int {
    try require(.certsOnly, request, in: frame)
    guard let key = journal.record.key else { throw Rejection(.refused(.noKey)) }
    guard let block = try? request.block(.block1, in: frame) else { throw Rejection(.badOption) }
    let outcome = receiver.receive(
      block, tag: request.tag(.requestTag, in: frame), payloadBytes: request.payload.count,
      announcedBytes: request.firstUInt(.size1, in: frame))
    let answer: Block?
    switch outcome {
    case .store(let offset, let next):
      try stage(frame.extracting(request.payload), at: offset)
      return try write(.continue, next, request, reply: &reply)
    case .repeated(let next):
      return try write(.continue, next, request, reply: &reply)
    case .complete(let offset, let bodyBytes, let last):
      try stage(frame.extracting(request.payload), at: offset)
      do {
        try install(bodyBytes, key: key, scratch: &reply)
      } catch {
        throw Rejection(error)
      }
      answer = last
    case .incomplete: throw Rejection(.requestEntityIncomplete)
    case .tooLarge: throw Rejection(.requestEntityTooLarge)
    case .malformed: throw Rejection(.badRequest)
    }
    lastRefusal = nil
    outreach.certificateDidChange(now: now)
    return try write(.changed, answer, request, reply: &reply)
  }

  /// `GET /crt`: the certificates in force, as they came.
  mutating func answerCertificates(
    _ request: Message, in frame: Span<UInt8>, reply: inout MutableSpan<UInt8>
  ) throws(Rejection) -> Int {
    guard state == .certified else { throw Rejection(.notFound) }
    guard let asked = try? request.block(.block2, in: frame),
      let slice = try? BlockSlice(
        bodyBytes: journal.record.certificatesBytes, asked: asked, largestExponent: receiver.largestExponent)
    else { throw Rejection(.badRequest) }
    var writer = MessageWriter(&reply, code: .content, token: request.token)
    writer.option(.eTag, tag: Token(journal.sequence))
    writer.option(.contentFormat, uint: UInt32(ContentFormat.certsOnly.rawValue))
    if let block = slice.block { writer.option(.block2, block: block) }
    do {
      try writer.payload { (rest: inout MutableSpan<UInt8>) throws(DeviceFault) in
        guard slice.range.count <= rest.count else { return 0 }
        try journal.load(at: journal.certificatesOffset + slice.range.lowerBound, slice.range.count, into: &rest)
        return slice.range.count
      }
    } catch {
      throw Rejection(error)
    }
    guard let count = try? writer.finish() else { throw Rejection(.internalServerError) }
    return count
  }

  private mutating func stage(_ bytes: Span<UInt8>, at position: Int) throws(Rejection) {
    do {
      if position == 0 { try journal.beginStaging() }
      try journal.stage(bytes, at: position)
    } catch {
      throw Rejection(.flash(error))
    }
  }

  private mutating func install(
    _ count: Int, key: KeyID, scratch: inout MutableSpan<UInt8>
  ) throws(DeviceFault) {
    let serialNumber = description.serialNumber
    try CertificatePath.check(
      at: journal.stagedOffset, count: count, in: journal, crypto: &crypto, key: key,
      serialNumber: serialNumber.ascii, scratch: &scratch)
    do {
      guard try !journal.stagedIsInForce(count: count) else { return }
      try journal.commitCertificates(count: count)
    } catch {
      throw .flash(error)
    }
    expectTransfer()
  }

  private func write(
    _ code: Code, _ block: Block?, _ request: Message, reply: inout MutableSpan<UInt8>
  ) throws(Rejection) -> Int {
    var writer = MessageWriter(&reply, code: code, token: request.token)
    if let block { writer.option(.block1, block: block) }
    guard let count = try? writer.finish() else { throw Rejection(.internalServerError) }
    return count
  }
}
