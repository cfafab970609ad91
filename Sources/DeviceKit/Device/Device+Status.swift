import COSE
import CoAP

extension Device where Crypto: ~Copyable, Storage: ~Copyable {
  /// `GET /status`: what a manager needs to know where it stands with this device.
  mutating func answerStatus(_ exchange: inout Exchange) throws(Rejection) -> Int {
    var scratch = exchange.room()
    var anchorDigest = InlineArray<32, UInt8>(repeating: 0)
    let anchor = try journal.loadCertificate(
      at: journal.anchorOffset, limit: journal.record.anchorBytes, into: &scratch)
    try crypto.hash(scratch.span.extracting(0..<anchor), into: &anchorDigest)
    var leaf = LeafFacts()
    try read(&leaf, scratch: &scratch)

    var payload = InlineArray<192, UInt8>(repeating: 0)
    var room = payload.mutableSpan
    var fields = FieldWriter(&room, fields: 5 + (leaf.serialNumber.isEmpty ? 0 : 1) + (lastRefusal == nil ? 0 : 1))
    fields.text(1, description.serialNumber.ascii)
    fields.uint(2, stateNumber)
    if !leaf.serialNumber.isEmpty { fields.bytes(3, leaf.serialNumber) }
    fields.uint(4, bootCount)
    if let lastRefusal { fields.uint(5, UInt32(lastRefusal.rawValue)) }
    fields.bool(6, hasEntropy)
    fields.bytes(7, anchorDigest.span)
    let count = fields.finish()
    return exchange.respond(.content, cbor: payload.span.extracting(0..<count))
  }
}
