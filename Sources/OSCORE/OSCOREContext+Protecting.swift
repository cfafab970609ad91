import COSE
import CoAP

extension OSCOREContext {
  /// Protects a request in place.
  ///
  /// Class U options of the request (Uri-Host, Uri-Port, Proxy-Scheme, Hop-Limit, the line) move to the outer message,
  /// whose code is POST.
  ///
  /// - Parameters:
  ///   - buffer: the request's frame at its front, and room: `maxOverheadBytes` behind it, and once more the class U
  ///     options' length, always suffice.
  ///   - count: the frame's length in bytes.
  /// - Returns: the protected frame's length, and what is needed to unprotect the answer.
  /// - Throws: `notCoAP`, `otherKind`, `unprotectable`, `exhausted` or `noSpace` with the buffer untouched;
  ///   `cryptography`.
  public mutating func protectRequest<Crypto: SessionCryptography & ~Copyable>(
    _ buffer: inout MutableSpan<UInt8>, count: Int, with crypto: inout Crypto
  ) throws(OSCOREError) -> BoundRequest {
    try self.protect(&buffer, count: count, message3: Span(), with: &crypto)
  }

  /// Protects the first request of a session in place, and puts EDHOC's message 3 in front of its ciphertext (RFC 9668
  /// §3.2).
  ///
  /// - Parameters:
  ///   - buffer: the request's frame at its front, and room as in `protectRequest`, and for message 3 and two bytes.
  ///   - count: the frame's length in bytes.
  ///   - message3: as EDHOC made it, a CBOR byte string, without C_R.
  /// - Throws: `noMessage3` if it is none; and as `protectRequest` does.
  public mutating func protectCombinedRequest<Crypto: SessionCryptography & ~Copyable>(
    _ buffer: inout MutableSpan<UInt8>, count: Int, message3: Span<UInt8>, with crypto: inout Crypto
  ) throws(OSCOREError) -> BoundRequest {
    guard try CombinedRequest.byteStringBytes(message3) == message3.count else { throw .noMessage3 }
    return try self.protect(&buffer, count: count, message3: message3, with: &crypto)
  }

  // Once, for both: code size.
  @inline(never)
  private mutating func protect<Crypto: SessionCryptography & ~Copyable>(
    _ buffer: inout MutableSpan<UInt8>, count: Int, message3: Span<UInt8>, with crypto: inout Crypto
  ) throws(OSCOREError) -> BoundRequest {
    let message = try Self.parse(buffer.span, count: count)
    guard message.code.isRequest else { throw .otherKind }
    guard self.senderSequenceNumber < Self.maxMessages else { throw .exhausted }
    let number = PartialIV(self.senderSequenceNumber)
    let option = OSCOREOption(partialIV: number, kidContext: self.idContext, kid: self.senderID)
    let layout = try ProtectedLayout(message, in: buffer.span, option: option, message3Bytes: message3.count)
    guard layout.neededBytes <= buffer.count else { throw .noSpace }
    // Used up even if what follows fails.
    self.senderSequenceNumber += 1
    layout.move(message, outerCode: .post, in: &buffer)
    for index in message3.indices { buffer[layout.message3.lowerBound + index] = message3[index] }
    let input = CipherInput(
      commonIV: self.commonIV, nonceID: self.senderID, noncePartialIV: number, requestKid: self.senderID,
      requestPartialIV: number)
    try self.seal(&buffer, layout.ciphertext, input, with: &crypto)
    return BoundRequest(count: layout.ciphertext.upperBound, binding: RequestBinding(partialIV: number))
  }

  /// Protects the answer to a request in place; the outer code is 2.04.
  ///
  /// The first answer goes by the request's number and carries none. Any further one, and one so late that its request
  /// has left the replay window, gets a number of its own: no nonce can be used twice, whatever the caller does.
  ///
  /// - Parameters:
  ///   - buffer: the response's frame at its front, and room behind it as in `protectRequest`.
  ///   - count: the frame's length in bytes.
  ///   - binding: what `unprotectRequest` returned.
  /// - Returns: the protected frame's length.
  /// - Throws: as `protectRequest` does.
  public mutating func protectResponse<Crypto: SessionCryptography & ~Copyable>(
    _ buffer: inout MutableSpan<UInt8>, count: Int, answering binding: RequestBinding, with crypto: inout Crypto
  ) throws(OSCOREError) -> Int {
    let message = try Self.parse(buffer.span, count: count)
    guard message.code.isResponse else { throw .otherKind }
    let own = self.window.mayAnswer(binding.partialIV.number) ? nil : PartialIV(self.senderSequenceNumber)
    guard own == nil || self.senderSequenceNumber < Self.maxMessages else { throw .exhausted }
    let option = OSCOREOption(partialIV: own)
    let layout = try ProtectedLayout(message, in: buffer.span, option: option, message3Bytes: 0)
    guard layout.neededBytes <= buffer.count else { throw .noSpace }
    if own == nil {
      self.window.answer(binding.partialIV.number)
    } else {
      self.senderSequenceNumber += 1
    }
    layout.move(message, outerCode: .changed, in: &buffer)
    let input = CipherInput(
      commonIV: self.commonIV, nonceID: own == nil ? self.recipientID : self.senderID,
      noncePartialIV: own ?? binding.partialIV, requestKid: self.recipientID, requestPartialIV: binding.partialIV)
    try self.seal(&buffer, layout.ciphertext, input, with: &crypto)
    return layout.ciphertext.upperBound
  }

  static func parse(_ buffer: Span<UInt8>, count: Int) throws(OSCOREError) -> Message {
    guard count >= 0, count <= buffer.count else { throw .notCoAP }
    do throws(CoAPError) {
      return try Message.parse(buffer.extracting(0..<count))
    } catch {
      throw .notCoAP
    }
  }

  private func seal<Crypto: SessionCryptography & ~Copyable>(
    _ buffer: inout MutableSpan<UInt8>, _ range: Range<Int>, _ input: CipherInput, with crypto: inout Crypto
  ) throws(OSCOREError) {
    let key = self.senderKey
    let nonce = input.nonce
    let data = input.additionalData
    var part = buffer._mutatingExtracting(range)
    do throws(CryptoError) {
      try crypto.seal(
        &part, key: key.span, nonce: nonce.span, additionalData: data.span.extracting(0..<input.additionalDataBytes))
    } catch {
      throw .cryptography
    }
  }
}
