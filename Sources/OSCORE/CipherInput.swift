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

  fileprivate init(commonIV: InlineArray<13, UInt8>) {
    self.nonce = commonIV
    self.additionalData = InlineArray(repeating: 0)
    self.additionalDataBytes = 0
  }

  /// - Parameters:
  ///   - nonceID: the ID of who chose `noncePartialIV`.
  ///   - requestKid, requestPartialIV: of the request, in its response too.
  init(
    commonIV: InlineArray<13, UInt8>, nonceID: ConnectionIdentifier, noncePartialIV: PartialIV,
    requestKid: ConnectionIdentifier, requestPartialIV: PartialIV
  ) {
    self.init(commonIV: commonIV)
    self.mix(nonceID.bytes, noncePartialIV)
    self.bind(requestKid.bytes, requestPartialIV)
  }

  /// Makes the nonce out of the common IV (RFC 8613 §5.2).
  ///
  /// - Parameter id: of who chose the number.
  // Of spans, and not of the values they are of, which would be passed byte by byte: code size.
  @inline(never)
  fileprivate mutating func mix(_ id: Span<UInt8>, _ number: PartialIV) {
    self.nonce[0] ^= UInt8(truncatingIfNeeded: id.count)
    let start = 1 + ConnectionIdentifier.maxBytes - id.count
    for index in id.indices { self.nonce[start + index] ^= id[index] }
    for index in 0..<PartialIV.maxBytes { self.nonce[8 + index] ^= number.padded(index) }
  }

  /// Makes the additional data: of the request, in its response too, which binds the two (RFC 8613 §5.4).
  ///
  /// `["Encrypt0", h'', external_aad]` with external_aad the encoding of `[1, [10], kid, partial IV, h'']`, as a byte
  /// string: at most 19 bytes, so that every head is one byte.
  @inline(never)
  fileprivate mutating func bind(_ kid: Span<UInt8>, _ number: PartialIV) {
    let head: InlineArray<17, UInt8> = [
      0x83, 0x68, 0x45, 0x6E, 0x63, 0x72, 0x79, 0x70, 0x74, 0x30, 0x40,
      0x40 | UInt8(truncatingIfNeeded: 7 + kid.count + number.count), 0x85, 0x01, 0x81, Self.algorithm,
      0x40 | UInt8(truncatingIfNeeded: kid.count),
    ]
    var data = self.additionalData.mutableSpan
    data.copy(head.span, at: 0)
    data.copy(kid, at: 17)
    var position = 17 + kid.count
    data[position] = 0x40 | UInt8(truncatingIfNeeded: number.count)
    for index in 0..<number.count {
      position += 1
      data[position] = number[index]
    }
    data[position + 1] = 0x40
    self.additionalDataBytes = position + 2
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
  mutating func input(own: PartialIV?, binding: RequestBinding, isRequest: Bool, isOutgoing: Bool) -> CipherInput {
    var input = CipherInput(commonIV: self.commonIV)
    let nonceID = (own != nil) == isOutgoing ? self.senderID : self.recipientID
    input.mix(nonceID.bytes, own ?? binding.partialIV)
    let kid = isRequest == isOutgoing ? self.senderID : self.recipientID
    input.bind(kid.bytes, binding.partialIV)
    return input
  }
}
