import COSE
import CoAP

extension Device where Crypto: ~Copyable, Storage: ~Copyable {
  /// `GET /id`: who is on this line?
  func answerID(_ request: Message, reply: inout MutableSpan<UInt8>) -> Int {
    let description = description
    return writeCBOR(to: &reply, code: .content, token: request.token) { cbor in
      cbor.map(4)
      cbor.uint(1)
      cbor.text(utf8: description.serialNumber.ascii)
      cbor.uint(2)
      cbor.text(description.model)
      cbor.uint(3)
      cbor.text(description.firmwareVersion)
      cbor.uint(4)
      cbor.uint(UInt64(widening: UInt32(description.maxMessageBytes)))
    }
  }

  /// `POST /provision`: takes a network and its anchor, and leaves factory state.
  mutating func provision(
    _ request: Message, in frame: Span<UInt8>, reply: inout MutableSpan<UInt8>, now: UInt64
  ) throws(Rejection) -> Int {
    try require(.cbor, request, in: frame)
    let fields = try TwoFields(frame.extracting(request.payload), second: .bytes)
    guard 1...64 ~= fields.first.count, !fields.second.isEmpty else { throw Rejection(.badRequest) }
    do {
      try CertificatePath.checkAnchor(fields.second, crypto: &crypto)
    } catch {
      throw Rejection(error)
    }
    do {
      try journal.commitProvisioning(network: fields.first, anchor: fields.second)
    } catch {
      throw Rejection(.flash(error))
    }
    lastRefusal = nil
    expectTransfer()
    outreach.begin(hasCertificate: false, now: now)
    return acknowledge(request, reply: &reply)
  }

  /// `POST /reset`: forgets the network, and with it the identity.
  ///
  /// The commit comes first: it is what a power cut cannot halve, and a key that no journal names is destroyed at the next
  /// start if it is not here.
  mutating func reset(_ request: Message, reply: inout MutableSpan<UInt8>) throws(Rejection) -> Int {
    do {
      try journal.commitReset()
    } catch {
      throw Rejection(.flash(error))
    }
    outreach.end()
    lastRefusal = nil
    expectTransfer()
    do throws(CryptoError) {
      for index in IdentityKeys.all.indices { try crypto.destroyKey(IdentityKeys.all[index]) }
    } catch {
      throw Rejection(.crypto(error))
    }
    return acknowledge(request, reply: &reply)
  }
}
