import COSE
import CoAP

extension Device where Crypto: ~Copyable, Storage: ~Copyable {
  /// `POST /csr`: answers with a certification request, and makes the key for it when there is none.
  mutating func answerCSR(_ exchange: inout Exchange) throws(Rejection) -> Int {
    let fields = try TwoFields(try exchange.payload(.cbor), .text)
    guard fields.second.count <= 128, isDNS(fields.second) else { throw Rejection(.badRequest) }
    guard try journal.isNetwork(fields.first) else { throw Rejection(.conflict) }
    if journal.record.key == nil { try makeKey() }
    guard let key = journal.record.key else { throw Rejection(.internalServerError) }
    let csr = CertificationRequest(
      network: fields.first, serialNumber: description.serialNumber.ascii, suffix: fields.second)
    return try end(exchange.writer(.changed, .pkcs10)) { (room) throws(Rejection) in
      try csr.write(into: &room, key: key, crypto: &crypto)
    }
  }

  /// Makes a key and then commits its id: a key that no commit names does not exist for anybody.
  private mutating func makeKey() throws(Rejection) {
    let key = IdentityKeys.first
    do throws(CryptoError) {
      try crypto.destroyKey(key)  // one that a failed commit may have left
      try crypto.generateSigningKey(key)
      hasEntropy = true
    } catch {
      if error == .noEntropy { hasEntropy = false }
      throw Rejection(error)
    }
    do {
      try journal.commitKey(key)
    } catch {
      throw Rejection(error)
    }
    expectTransfer()
  }

  private func isDNS(_ suffix: Span<UInt8>) -> Bool {
    for index in suffix.indices {
      guard DeviceSerialNumber.allows(suffix[index]) || suffix[index] == UInt8(ascii: ".") else { return false }
    }
    return true
  }
}
