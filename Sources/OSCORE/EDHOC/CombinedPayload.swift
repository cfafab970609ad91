/// The payload of a request with the EDHOC option (RFC 9668 §3.2): message 3, and then what an OSCORE request carries.
/// C_R is the kid in the OSCORE option.
public struct CombinedPayload: ~Escapable {
  /// EDHOC's message 3, a CBOR byte string with its head.
  public let message3: Span<UInt8>
  /// OSCORE's ciphertext.
  public let ciphertext: Span<UInt8>

  /// Takes a payload apart.
  ///
  /// - Throws: what is wrong with message 3 as a byte string; `truncated` when nothing follows it.
  @_lifetime(copy payload)
  public init(_ payload: Span<UInt8>) throws(EDHOCError) {
    let end = try ByteStringHead.contents(atFrontOf: payload).upperBound
    guard end < payload.count else { throw .truncated }
    self.message3 = payload.extracting(0..<end)
    self.ciphertext = payload.extracting(end..<payload.count)
  }
}
