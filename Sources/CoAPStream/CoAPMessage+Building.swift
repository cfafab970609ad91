import CoAP

extension CoAPMessage {
  /// A request.
  ///
  /// - Parameters:
  ///   - code: the method.
  ///   - path: the segments joined by `/`, with or without one at the front; empty segments are left out.
  ///   - contentFormat: of the payload.
  public static func request(
    _ code: Code, _ path: String, contentFormat: ContentFormat? = nil, payload: [UInt8] = []
  ) -> CoAPMessage {
    var message = CoAPMessage(code: code, payload: payload)
    message.uriPath = path.split(separator: "/").map(String.init)
    message.contentFormat = contentFormat
    return message
  }

  /// A response; its token is set by whoever sends it.
  public static func response(
    _ code: Code, contentFormat: ContentFormat? = nil, payload: [UInt8] = []
  ) -> CoAPMessage {
    var message = CoAPMessage(code: code, payload: payload)
    message.contentFormat = contentFormat
    return message
  }

  /// An error response with a diagnostic payload: a sentence for people (RFC 7252 §5.5.2).
  public static func problem(_ code: Code, _ sentence: String) -> CoAPMessage {
    CoAPMessage(code: code, payload: Array(sentence.utf8))
  }
}
