import CoAP

extension OSCOREError {
  /// The code of the unprotected answer to a request that failed so (RFC 8613 §8.2): it tells which of three steps
  /// failed, which anyone on the way can find out anyhow, and nothing of keys, numbers or contents.
  ///
  /// Responses are never answered.
  public var answer: Code {
    switch self {
    case .notProtected, .unknownContext, .replayed, .tooOld, .exhausted: .unauthorized
    case .repeatedOption, .reservedFlag, .reservedLength, .needlessFlags, .optionTruncated, .optionTrailingBytes,
      .partialIVNotShortest, .noPartialIV, .noKeyIdentifier, .combinedRequest:
      .badOption
    case .notCoAP, .otherKind, .noCiphertext, .badTag, .innerMalformed, .innerCode, .innerOption, .noMessage3:
      .badRequest
    case .unprotectable, .noSpace, .cryptography: .internalServerError
    }
  }

  /// Writes that answer: code and token, no option and no payload.
  ///
  /// - Parameters:
  ///   - token: the request's.
  ///   - buffer: at least 10 bytes.
  /// - Returns: its length, or 0 if there is no room.
  public func writeAnswer(token: Token, into buffer: inout MutableSpan<UInt8>) -> Int {
    let count = Message.headerBytes(token: token, bodyBytes: 0)
    guard count <= buffer.count else { return 0 }
    Message.writeHeader(code: self.answer, token: token, bodyBytes: 0, to: &buffer)
    return count
  }
}
