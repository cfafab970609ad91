import COSE
import CoAP

extension Device where Crypto: ~Copyable, Storage: ~Copyable {
  /// `GET /status`: what a manager needs to know where it stands with this device.
  mutating func answerStatus(_ request: Message, reply: inout MutableSpan<UInt8>) throws(Rejection) -> Int {
    let state = state ?? .provisioned
    var anchorDigest = InlineArray<32, UInt8>(repeating: 0)
    var leaf: LeafFacts?
    do throws(DeviceFault) {
      let anchor = try journal.loadCertificate(
        at: journal.anchorOffset, limit: journal.record.anchorBytes, into: &reply)
      try crypto.hash(reply.span.extracting(0..<anchor), into: &anchorDigest)
      if state == .certified { leaf = try LeafFacts(journal, crypto: crypto, scratch: &reply) }
    } catch {
      throw Rejection(error)
    }
    let description = description
    let (bootCount, hasEntropy, lastRefusal) = (bootCount, hasEntropy, lastRefusal)
    return writeCBOR(to: &reply, code: .content, token: request.token) { cbor in
      cbor.map(5 + (leaf == nil ? 0 : 1) + (lastRefusal == nil ? 0 : 1))
      cbor.uint(1)
      cbor.text(utf8: description.serialNumber.ascii)
      cbor.uint(2)
      cbor.uint(UInt64(widening: UInt32(state.rawValue)))
      if let leaf {
        cbor.uint(3)
        cbor.bytes(leaf.serialNumber)
      }
      cbor.uint(4)
      cbor.uint(UInt64(widening: bootCount))
      if let lastRefusal {
        cbor.uint(5)
        cbor.uint(UInt64(widening: UInt32(lastRefusal.rawValue)))
      }
      cbor.uint(6)
      cbor.bool(hasEntropy)
      cbor.uint(7)
      cbor.bytes(anchorDigest.span)
    }
  }
}
