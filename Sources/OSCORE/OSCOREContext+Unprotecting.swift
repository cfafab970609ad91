import COSE
import CoAP

extension OSCOREContext {
  /// Verifies and decrypts a request in place.
  ///
  /// What comes out is authentic, all of it: of the outer message only the token remains. Its class U options, routing
  /// hints, must be read before; its class E options are not the peer's (RFC 8613 §8.2). The number counts as received
  /// once the tag was verified, whatever is found inside.
  ///
  /// - Parameters:
  ///   - buffer: the protected frame at its front. Its contents are of no use after `badTag` and what is found later.
  ///   - count: the frame's length in bytes.
  /// - Returns: the plain frame's length, and what its answer is bound to.
  public mutating func unprotectRequest<Crypto: SessionCryptography & ~Copyable>(
    _ buffer: inout MutableSpan<UInt8>, count: Int, with crypto: inout Crypto
  ) throws(OSCOREError) -> BoundRequest {
    try self.unprotect(&buffer, count: count, isCombined: false, with: &crypto)
  }

  /// Verifies and decrypts a combined request in place, with the context that came of its message 3
  /// (`CombinedRequest`), which is dropped.
  ///
  /// - Throws: `noMessage3` if it is not combined.
  public mutating func unprotectCombinedRequest<Crypto: SessionCryptography & ~Copyable>(
    _ buffer: inout MutableSpan<UInt8>, count: Int, with crypto: inout Crypto
  ) throws(OSCOREError) -> BoundRequest {
    try self.unprotect(&buffer, count: count, isCombined: true, with: &crypto)
  }

  // Once, for both: code size.
  @inline(never)
  private mutating func unprotect<Crypto: SessionCryptography & ~Copyable>(
    _ buffer: inout MutableSpan<UInt8>, count: Int, isCombined: Bool, with crypto: inout Crypto
  ) throws(OSCOREError) -> BoundRequest {
    let message = try Self.parse(buffer.span, count: count)
    guard message.code.isRequest else { throw .otherKind }
    let option = try OSCOREOption.of(message, in: buffer.span)
    var ciphertext = message.payload
    if isCombined {
      ciphertext = try CombinedRequest.message3(of: message, in: buffer.span).upperBound..<ciphertext.upperBound
    } else if message.has(.edhoc, in: buffer.span) {
      throw .combinedRequest
    }
    guard let number = option.partialIV else { throw .noPartialIV }
    guard option.kid != nil else { throw .noKeyIdentifier }
    guard self.matches(option) else { throw .unknownContext }
    try self.window.check(number.number)
    let input = CipherInput(
      commonIV: self.commonIV, nonceID: self.recipientID, noncePartialIV: number, requestKid: self.recipientID,
      requestPartialIV: number)
    try self.open(&buffer, ciphertext, input, with: &crypto)
    self.window.accept(number.number)
    let plain = try Self.uncover(ciphertext, token: message.token, isRequest: true, in: &buffer)
    return BoundRequest(count: plain, binding: RequestBinding(partialIV: number))
  }

  /// Verifies and decrypts a response in place.
  ///
  /// - Parameters:
  ///   - buffer: the protected frame at its front. Its contents are of no use after `badTag` and what is found later.
  ///   - count: the frame's length in bytes.
  ///   - binding: what `protectRequest` returned for the request with this token.
  /// - Returns: the plain frame's length.
  public mutating func unprotectResponse<Crypto: SessionCryptography & ~Copyable>(
    _ buffer: inout MutableSpan<UInt8>, count: Int, answering binding: RequestBinding, with crypto: inout Crypto
  ) throws(OSCOREError) -> Int {
    let message = try Self.parse(buffer.span, count: count)
    guard message.code.isResponse else { throw .otherKind }
    let option = try OSCOREOption.of(message, in: buffer.span)
    guard self.matches(option) else { throw .unknownContext }
    let input = CipherInput(
      commonIV: self.commonIV, nonceID: option.partialIV == nil ? self.senderID : self.recipientID,
      noncePartialIV: option.partialIV ?? binding.partialIV, requestKid: self.senderID,
      requestPartialIV: binding.partialIV)
    try self.open(&buffer, message.payload, input, with: &crypto)
    return try Self.uncover(message.payload, token: message.token, isRequest: false, in: &buffer)
  }

  private mutating func open<Crypto: SessionCryptography & ~Copyable>(
    _ buffer: inout MutableSpan<UInt8>, _ range: Range<Int>, _ input: CipherInput, with crypto: inout Crypto
  ) throws(OSCOREError) {
    guard range.count > CipherInput.tagBytes else { throw .noCiphertext }
    guard self.failures < Self.maxFailures else { throw .exhausted }
    let key = self.recipientKey
    let nonce = input.nonce
    let data = input.additionalData
    var part = buffer._mutatingExtracting(range)
    do throws(CryptoError) {
      try crypto.open(
        &part, key: key.span, nonce: nonce.span, additionalData: data.span.extracting(0..<input.additionalDataBytes))
    } catch {
      guard error == .badTag else { throw .cryptography }
      self.failures += 1
      throw .badTag
    }
  }

  /// Makes a frame of what was decrypted, at the buffer's front, and judges it.
  private static func uncover(
    _ ciphertext: Range<Int>, token: Token, isRequest: Bool, in buffer: inout MutableSpan<UInt8>
  ) throws(OSCOREError) -> Int {
    let code = Code(rawValue: buffer[ciphertext.lowerBound])
    guard isRequest ? code.isRequest : code.isResponse else { throw .innerCode }
    let bodyBytes = ciphertext.count - 1 - CipherInput.tagBytes
    // Never longer than the outer header, which counted these bytes and more.
    let headerBytes = Message.headerBytes(token: token, bodyBytes: bodyBytes)
    buffer.move(from: ciphertext.lowerBound + 1, count: bodyBytes, to: headerBytes)
    Message.writeHeader(code: code, token: token, bodyBytes: bodyBytes, to: &buffer)
    let count = headerBytes + bodyBytes
    let message: Message
    do throws(CoAPError) {
      message = try Message.parse(buffer.span.extracting(0..<count))
    } catch {
      throw .innerMalformed
    }
    var cursor = OptionCursor(message)
    while let option = cursor.next(in: buffer.span) {
      // Who asks to observe gets one answer: the option is elective (RFC 7641 §4.1).
      if isRequest && option.number == .observe { continue }
      guard case .inner = OptionPlace(option.number) else { throw .innerOption }
    }
    return count
  }
}
