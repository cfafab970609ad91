import CoAP

/// EDHOC's message 3 and the first protected request in one message (RFC 9668 §3).
///
/// The payload is message 3, a CBOR byte string, and behind it the OSCORE ciphertext; the empty EDHOC option tells of
/// it. C_R is left out of message 3: it is the kid of the OSCORE option. `OSCOREContext` writes one by
/// `protectCombinedRequest`. Who receives one finds message 3 here, and with the context that comes of it goes on to
/// `unprotectCombinedRequest`. (`CombinedPayload` takes a payload apart that stands elsewhere.)
public enum CombinedRequest {
  /// Whether the request is a combined one.
  public static func isCombined(_ message: Message, in frame: Span<UInt8>) -> Bool {
    message.has(.edhoc, in: frame)
  }

  /// Where message 3 stands in a combined request, its CBOR head included.
  ///
  /// - Throws: `noMessage3` if there is no EDHOC option, or no byte string at the payload's front.
  public static func message3(of message: Message, in frame: Span<UInt8>) throws(OSCOREError) -> Range<Int> {
    guard self.isCombined(message, in: frame) else { throw .noMessage3 }
    let count = try Self.byteStringBytes(frame.extracting(message.payload))
    return message.payload.lowerBound..<message.payload.lowerBound + count
  }

  /// The length of the CBOR byte string at the front, its head included.
  static func byteStringBytes(_ bytes: Span<UInt8>) throws(OSCOREError) -> Int {
    do throws(EDHOCError) {
      return try ByteStringHead.contents(atFrontOf: bytes).upperBound
    } catch {
      throw .noMessage3
    }
  }
}
