import COSE
import CoAP

extension Device where Crypto: ~Copyable, Storage: ~Copyable {
  /// `POST /csr`: answers with a certification request, and makes the key for it when there is none.
  mutating func answerCSR(
    _ request: Message, in frame: Span<UInt8>, reply: inout MutableSpan<UInt8>
  ) throws(Rejection) -> Int {
    try require(.cbor, request, in: frame)
    let fields = try TwoFields(frame.extracting(request.payload), second: .text)
    guard fields.second.count <= 128, isDNS(fields.second) else { throw Rejection(.badRequest) }
    try requireOwnNetwork(fields.first)
    if journal.record.key == nil {
      do {
        try makeKey()
      } catch {
        throw Rejection(error)
      }
    }
    guard let key = journal.record.key else { throw Rejection(.internalServerError) }
    let serialNumber = description.serialNumber
    let csr = CertificationRequest(network: fields.first, serialNumber: serialNumber.ascii, suffix: fields.second)
    var writer = MessageWriter(&reply, code: .changed, token: request.token)
    writer.option(.contentFormat, uint: UInt32(ContentFormat.pkcs10.rawValue))
    do {
      try writer.payload { (rest: inout MutableSpan<UInt8>) throws(CryptoError) in
        try csr.write(into: &rest, key: key, crypto: &crypto)
      }
    } catch {
      throw Rejection(.crypto(error))
    }
    guard let count = try? writer.finish() else { throw Rejection(.internalServerError) }
    return count
  }

  /// Makes a key and then commits its id: a key that no commit names does not exist for anybody.
  private mutating func makeKey() throws(DeviceFault) {
    let key = IdentityKeys.first
    do throws(CryptoError) {
      try crypto.destroyKey(key)  // one that a failed commit may have left
      try crypto.generateSigningKey(key)
      hasEntropy = true
    } catch {
      if error == .noEntropy { hasEntropy = false }
      throw .crypto(error)
    }
    do throws(FlashError) {
      try journal.commitKey(key)
    } catch {
      throw .flash(error)
    }
    expectTransfer()
  }

  /// Requires that a request names the network the device was provisioned for.
  private func requireOwnNetwork(_ name: Span<UInt8>) throws(Rejection) {
    let isOwn: Bool
    do {
      isOwn = try journal.holds(name, at: journal.networkOffset)
    } catch {
      throw Rejection(error)
    }
    guard isOwn, name.count == journal.record.networkBytes else { throw Rejection(.conflict) }
  }

  private func isDNS(_ suffix: Span<UInt8>) -> Bool {
    for index in suffix.indices {
      switch suffix[index] {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
        continue
      default: return false
      }
    }
    return true
  }
}
