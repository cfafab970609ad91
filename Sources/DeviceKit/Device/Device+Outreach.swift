import COSE
import CoAP

extension Device where Crypto: ~Copyable, Storage: ~Copyable {
  /// Reads what the device says about the certificate it holds; leaves the facts empty when it holds none.
  mutating func read(_ facts: inout LeafFacts, scratch: inout MutableSpan<UInt8>) throws(Rejection) {
    guard journal.record.certificatesBytes > 0 else { return }
    let offset = journal.certificatesOffset
    let list = try journal.certificateList(at: offset, count: journal.record.certificatesBytes)
    let count = try journal.loadCertificate(at: offset + list.lowerBound, limit: list.count, into: &scratch)
    var certificate = Certificate()
    try certificate.read(scratch.span, count)
    facts.read(&certificate, in: scratch.span)
    try crypto.hash(scratch.span.extracting(0..<count), into: &facts.digest)
  }

  /// Writes `POST /register`.
  ///
  /// - Returns: Bytes of the request.
  mutating func writeRegistration(into buffer: inout MutableSpan<UInt8>) throws(Rejection) -> Int {
    var leaf = LeafFacts()
    try read(&leaf, scratch: &buffer)
    var payload = InlineArray<192, UInt8>(repeating: 0)
    var room = payload.mutableSpan
    var fields = FieldWriter(&room, fields: leaf.serialNumber.isEmpty ? 5 : 6)
    fields.text(1, description.serialNumber.ascii)
    fields.text(2, description.model)
    fields.text(3, description.firmwareVersion)
    fields.uint(4, stateNumber)
    if !leaf.serialNumber.isEmpty { fields.bytes(5, leaf.serialNumber) }
    fields.uint(6, UInt32(description.maxMessageBytes))
    let count = fields.finish()
    var writer = request("register", .cbor, token: outreach.token, into: &buffer)
    writer.payload(payload.span.extracting(0..<count))
    return end(writer)
  }

  /// Writes `POST /report`: what the device holds, signed by the identity key.
  ///
  /// - Returns: Bytes of the request.
  mutating func writeReport(into buffer: inout MutableSpan<UInt8>) throws(Rejection) -> Int {
    guard let key = journal.record.key else { return 0 }
    var leaf = LeafFacts()
    try read(&leaf, scratch: &buffer)
    return try end(request("report", .coseSign1, token: outreach.token, into: &buffer)) { (room) throws(Rejection) in
      do throws(COSEError) {
        return try COSESign1.sign(into: &room, key: key, with: &crypto) { room in
          var fields = FieldWriter(&room, fields: 6)
          fields.text(1, description.serialNumber.ascii)
          fields.bytes(2, leaf.serialNumber)
          fields.bytes(3, leaf.digest.span)
          fields.uint(4, leaf.notBefore)
          fields.uint(5, leaf.notAfter)
          fields.uint(6, bootCount)
          return fields.finish()
        }
      } catch {
        throw Rejection(Code.internalServerError)
      }
    }
  }
}

extension Outreach.Verdict {
  /// What an answer says about the request it answers.
  init(_ answer: Message, in frame: Span<UInt8>) {
    let code = answer.code
    if code == .changed {
      self = .done(pauseSeconds: Self.pauseSeconds(frame.extracting(answer.payload)))
    } else if code == .forbidden {
      self = .later(seconds: Outreach.longestPauseSeconds)
    } else if code == .serviceUnavailable, let seconds = answer.firstUInt(.maxAge, in: frame), 1...3600 ~= seconds {
      self = .later(seconds: seconds)
    } else {
      self = .failed
    }
  }

  /// What the answer to a registration says about the next one; 0 for nothing.
  private static func pauseSeconds(_ payload: Span<UInt8>) -> UInt32 {
    do throws(CBORError) {
      var reader = try CBORReader(payload)
      guard try reader.map() > 0, try reader.uint32() == 1 else { return 0 }
      let seconds = try reader.uint32()
      return 1...86_400 ~= seconds ? seconds : 0
    } catch {
      return 0
    }
  }
}
