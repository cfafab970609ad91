import COSE
import CoAP
import Trust

extension Device where Crypto: ~Copyable, Storage: ~Copyable {
  /// `GET /status`: what a manager needs to know where it stands with this device.
  mutating func answerStatus(_ exchange: inout Exchange) throws(Rejection) -> Int {
    var scratch = exchange.room()
    var leaf = LeafFacts()
    try read(&leaf, scratch: &scratch)
    var digest = InlineArray<32, UInt8>(repeating: 0)
    try journal.hashTrust(with: crypto, into: &digest)

    var payload = InlineArray<192, UInt8>(repeating: 0)
    var room = payload.mutableSpan
    var fields = FieldWriter(&room, fields: 6 + (leaf.serialNumber.isEmpty ? 0 : 1) + (lastReason == 0 ? 0 : 1))
    fields.text(1, description.serialNumber.ascii)
    fields.uint(2, stateNumber)
    if !leaf.serialNumber.isEmpty { fields.bytes(3, leaf.serialNumber) }
    fields.uint(4, bootCount)
    if lastReason != 0 { fields.uint(5, UInt32(lastReason)) }
    fields.bool(6, hasEntropy)
    fields.uint(7, journal.trust?.epoch ?? 0)
    fields.bytes(8, digest.span)
    let count = fields.finish()
    return exchange.respond(.content, cbor: payload.span.extracting(0..<count))
  }
}
