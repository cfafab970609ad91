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
    try self.protect(&buffer, count: count, answering: nil, message3: Span(), with: &crypto)
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
    return try self.protect(&buffer, count: count, answering: nil, message3: message3, with: &crypto)
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
    try self.protect(&buffer, count: count, answering: binding, message3: Span(), with: &crypto).count
  }

  /// - Parameter request: nil to protect a request.
  // Once, for all three: code size. The parts are apart so that the cryptography, which goes deep, does not stand on
  // the stack of the rest.
  @inline(never)
  private mutating func protect<Crypto: SessionCryptography & ~Copyable>(
    _ buffer: inout MutableSpan<UInt8>, count: Int, answering request: RequestBinding?, message3: Span<UInt8>,
    with crypto: inout Crypto
  ) throws(OSCOREError) -> BoundRequest {
    let prepared = try self.prepare(&buffer, count: count, answering: request, message3: message3)
    let input = self.input(
      own: prepared.own, binding: prepared.binding, isRequest: request == nil, isOutgoing: true)
    var part = buffer._mutatingExtracting(prepared.ciphertext)
    var key = self.senderKey
    defer { key.erase() }
    let (nonce, data) = (input.nonce, input.additionalData)
    do throws(CryptoError) {
      try crypto.seal(
        &part, key: key.span, nonce: nonce.span, additionalData: data.span.extracting(0..<input.additionalDataBytes))
    } catch {
      throw .cryptography
    }
    return BoundRequest(count: prepared.ciphertext.upperBound, binding: prepared.binding)
  }

  /// A message that is all but encrypted.
  private struct Prepared {
    let ciphertext: Range<Int>
    /// Nil if the message goes by its request's number.
    let own: PartialIV?
    let binding: RequestBinding
  }

  @inline(never)
  private mutating func prepare(
    _ buffer: inout MutableSpan<UInt8>, count: Int, answering request: RequestBinding?, message3: Span<UInt8>
  ) throws(OSCOREError) -> Prepared {
    // Who would not understand an answer any more asks nothing: the next session is overdue.
    guard self.failures < Self.maxFailures else { throw .exhausted }
    let isRequest = request == nil
    let message = try Self.parse(buffer.span, count: count)
    guard isRequest ? message.code.isRequest : message.code.isResponse else { throw .otherKind }
    var needsNumber = true
    if let request { needsNumber = !self.window.mayAnswer(request.partialIV.number) }
    guard !needsNumber || self.senderSequenceNumber < Self.maxMessages else { throw .exhausted }
    let number = PartialIV(self.senderSequenceNumber)
    let option = OSCOREOption(
      partialIV: needsNumber ? number : nil, kidContext: isRequest ? self.idContext : nil,
      kid: isRequest ? self.senderID : nil)
    let layout = try ProtectedLayout(message, in: buffer.span, option: option, message3Bytes: message3.count)
    guard layout.neededBytes <= buffer.count else { throw .noSpace }
    let binding = request ?? RequestBinding(partialIV: number)
    // Used up even if what follows fails.
    if needsNumber {
      self.senderSequenceNumber += 1
    } else {
      self.window.answer(binding.partialIV.number)
    }
    layout.move(message, outerCode: isRequest ? .post : .changed, in: &buffer)
    buffer.copy(message3, at: layout.message3.lowerBound)
    return Prepared(ciphertext: layout.ciphertext, own: needsNumber ? number : nil, binding: binding)
  }

  static func parse(_ buffer: Span<UInt8>, count: Int) throws(OSCOREError) -> Message {
    guard count >= 0, count <= buffer.count else { throw .notCoAP }
    do throws(CoAPError) {
      return try Message.parse(buffer.extracting(0..<count))
    } catch {
      throw .notCoAP
    }
  }
}
