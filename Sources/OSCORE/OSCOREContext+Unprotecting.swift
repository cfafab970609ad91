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
    try self.unprotect(&buffer, count: count, answering: nil, isCombined: false, with: &crypto)
  }

  /// Verifies and decrypts a combined request in place, with the context that came of its message 3
  /// (`CombinedRequest`), which is dropped.
  ///
  /// - Throws: `noMessage3` if it is not combined.
  public mutating func unprotectCombinedRequest<Crypto: SessionCryptography & ~Copyable>(
    _ buffer: inout MutableSpan<UInt8>, count: Int, with crypto: inout Crypto
  ) throws(OSCOREError) -> BoundRequest {
    try self.unprotect(&buffer, count: count, answering: nil, isCombined: true, with: &crypto)
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
    try self.unprotect(&buffer, count: count, answering: binding, isCombined: false, with: &crypto).count
  }

  /// - Parameter request: nil to unprotect a request.
  // Once, for all three, and in parts, as `protect` is.
  @inline(never)
  private mutating func unprotect<Crypto: SessionCryptography & ~Copyable>(
    _ buffer: inout MutableSpan<UInt8>, count: Int, answering request: RequestBinding?, isCombined: Bool,
    with crypto: inout Crypto
  ) throws(OSCOREError) -> BoundRequest {
    let received = try self.examine(buffer.span, count: count, answering: request, isCombined: isCombined)
    try self.open(&buffer, received, isRequest: request == nil, with: &crypto)
    if request == nil { self.window.accept(received.binding.partialIV.number) }
    let plain = try Self.uncover(received, isRequest: request == nil, in: &buffer)
    return BoundRequest(count: plain, binding: received.binding)
  }

  /// A message of which all was judged that is in clear.
  private struct Received {
    let token: Token
    let ciphertext: Range<Int>
    /// Nil if the message goes by its request's number.
    let own: PartialIV?
    let binding: RequestBinding
  }

  @inline(never)
  private mutating func examine(
    _ buffer: Span<UInt8>, count: Int, answering request: RequestBinding?, isCombined: Bool
  ) throws(OSCOREError) -> Received {
    let isRequest = request == nil
    let message = try Self.parse(buffer, count: count)
    guard isRequest ? message.code.isRequest : message.code.isResponse else { throw .otherKind }
    let option = try OSCOREOption.of(message, in: buffer)
    var ciphertext = message.payload
    if isCombined {
      ciphertext = try CombinedRequest.message3(of: message, in: buffer).upperBound..<ciphertext.upperBound
    } else if isRequest && message.has(.edhoc, in: buffer) {
      throw .combinedRequest
    }
    guard let number = request?.partialIV ?? option.partialIV else { throw .noPartialIV }
    guard !isRequest || option.kid != nil else { throw .noKeyIdentifier }
    guard self.matches(option) else { throw .unknownContext }
    if isRequest { try self.window.check(number.number) }
    guard ciphertext.count > CipherInput.tagBytes else { throw .noCiphertext }
    guard self.failures < Self.maxFailures else { throw .exhausted }
    return Received(
      token: message.token, ciphertext: ciphertext, own: option.partialIV, binding: RequestBinding(partialIV: number))
  }

  @inline(never)
  private mutating func open<Crypto: SessionCryptography & ~Copyable>(
    _ buffer: inout MutableSpan<UInt8>, _ received: Received, isRequest: Bool, with crypto: inout Crypto
  ) throws(OSCOREError) {
    let input = self.input(
      own: received.own, binding: received.binding, isRequest: isRequest, isOutgoing: false)
    var part = buffer._mutatingExtracting(received.ciphertext)
    var key = self.recipientKey
    defer { key.erase() }
    let (nonce, data) = (input.nonce, input.additionalData)
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
  @inline(never)
  private static func uncover(
    _ received: Received, isRequest: Bool, in buffer: inout MutableSpan<UInt8>
  ) throws(OSCOREError) -> Int {
    let (token, ciphertext) = (received.token, received.ciphertext)
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
