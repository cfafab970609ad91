import COSE
import CoAP

extension Device where Crypto: ~Copyable, Storage: ~Copyable {
  /// `GET /id`: who is on this line?
  mutating func answerID(_ exchange: inout Exchange) -> Int {
    var payload = InlineArray<192, UInt8>(repeating: 0)
    var room = payload.mutableSpan
    var fields = FieldWriter(&room, fields: 4)
    fields.text(1, description.serialNumber.ascii)
    fields.text(2, description.model)
    fields.text(3, description.firmwareVersion)
    fields.uint(4, UInt32(description.maxMessageBytes))
    let count = fields.finish()
    return exchange.respond(.content, cbor: payload.span.extracting(0..<count))
  }

  /// `POST /provision`: takes a network and its anchor, and leaves factory state.
  mutating func provision(_ exchange: inout Exchange) throws(Rejection) -> Int {
    let fields = try TwoFields(try exchange.payload(.cbor), second: .bytes)
    guard fields.first.count <= 64, !fields.second.isEmpty else { throw Rejection(.badRequest) }
    try CertificatePath.checkAnchor(fields.second, crypto: &crypto)
    do {
      try journal.commitProvisioning(network: fields.first, anchor: fields.second)
    } catch {
      throw Rejection(error)
    }
    lastRefusal = nil
    expectTransfer()
    outreach.begin(hasCertificate: false, now: exchange.now)
    return exchange.respond(.changed)
  }

  /// `POST /reset`: forgets the network, and with it the identity.
  ///
  /// The commit comes first: it is what a power cut cannot halve, and a key that no journal names is destroyed at the
  /// next start if it is not here.
  mutating func reset(_ exchange: inout Exchange) throws(Rejection) -> Int {
    do {
      try journal.commitReset()
    } catch {
      throw Rejection(error)
    }
    outreach.end()
    lastRefusal = nil
    expectTransfer()
    do {
      try destroyKeys(except: nil)
    } catch {
      throw Rejection(error)
    }
    return exchange.respond(.changed)
  }
}
