import COSE
import CoAP

/// Nonce and additional data of one message, made in fixed memory.
struct CipherInput {
  /// AES-CCM-16-64-128 (RFC 9053 §4.2).
  static let keyBytes = 16
  static let nonceBytes = 13
  static let tagBytes = 8
  static let algorithm: UInt8 = 10

  private(set) var nonce: InlineArray<13, UInt8>
  private(set) var additionalData: InlineArray<31, UInt8>
  private(set) var additionalDataBytes: Int

  /// - Parameters:
  ///   - commonIV: the context's.
  ///   - nonceID: the ID of who chose `noncePartialIV` (RFC 8613 §5.2).
  ///   - requestKid, requestPartialIV: of the request, in its response too: that binds the two (RFC 8613 §5.4).
  init(
    commonIV: InlineArray<13, UInt8>, nonceID: ConnectionIdentifier, noncePartialIV: PartialIV,
    requestKid: ConnectionIdentifier, requestPartialIV: PartialIV
  ) {
    self.nonce = commonIV
    self.nonce[0] ^= UInt8(truncatingIfNeeded: nonceID.count)
    for index in 0..<nonceID.count {
      self.nonce[1 + ConnectionIdentifier.maxBytes - nonceID.count + index] ^= nonceID[index]
    }
    for index in 0..<PartialIV.maxBytes { self.nonce[8 + index] ^= noncePartialIV.padded(index) }

    // ["Encrypt0", h'', external_aad] with external_aad the encoding of [1, [10], kid, partial IV, h''], as a byte
    // string: at most 19 bytes, so that every head is one byte.
    self.additionalData = InlineArray(repeating: 0)
    let start: InlineArray<11, UInt8> = [0x83, 0x68, 0x45, 0x6E, 0x63, 0x72, 0x79, 0x70, 0x74, 0x30, 0x40]
    for index in start.indices { self.additionalData[index] = start[index] }
    self.additionalData[11] = 0x40 | UInt8(truncatingIfNeeded: 7 + requestKid.count + requestPartialIV.count)
    self.additionalData[12] = 0x85
    self.additionalData[13] = 0x01
    self.additionalData[14] = 0x81
    self.additionalData[15] = Self.algorithm
    self.additionalData[16] = 0x40 | UInt8(truncatingIfNeeded: requestKid.count)
    for index in 0..<requestKid.count { self.additionalData[17 + index] = requestKid[index] }
    var position = 17 + requestKid.count
    self.additionalData[position] = 0x40 | UInt8(truncatingIfNeeded: requestPartialIV.count)
    for index in 0..<requestPartialIV.count { self.additionalData[position + 1 + index] = requestPartialIV[index] }
    position += 1 + requestPartialIV.count
    self.additionalData[position] = 0x40
    self.additionalDataBytes = position + 1
  }
}

extension OSCOREContext {
  /// What the tag of a message stands for.
  ///
  /// - Parameters:
  ///   - own: the message's own number; nil if it goes by its request's.
  ///   - binding: its request's.
  // Once, for both directions: code size.
  @inline(never)
  func input(own: PartialIV?, binding: RequestBinding, isRequest: Bool, isOutgoing: Bool) -> CipherInput {
    CipherInput(
      commonIV: self.commonIV, nonceID: (own != nil) == isOutgoing ? self.senderID : self.recipientID,
      noncePartialIV: own ?? binding.partialIV,
      requestKid: isRequest == isOutgoing ? self.senderID : self.recipientID, requestPartialIV: binding.partialIV)
  }
}
