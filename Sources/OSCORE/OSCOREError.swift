/// Why a message could not be protected, or is not what the context's peer protected.
///
/// The raw values are stable: they stand in counters and logs. What a peer is told of them is in `answer`.
public enum OSCOREError: UInt8, Error, Equatable, Sendable {
  /// The frame is no CoAP message.
  case notCoAP = 1
  /// A request where a response belongs, or the other way round, or a signal.
  case otherKind = 2
  /// There is no OSCORE option: the message is not protected.
  case notProtected = 3
  /// There are two OSCORE options.
  case repeatedOption = 4
  /// The OSCORE option sets a reserved bit (RFC 8613 §6.1: bits 0 to 2 of the first byte).
  case reservedFlag = 5
  /// The OSCORE option announces a Partial IV of 6 or 7 bytes.
  case reservedLength = 6
  /// The OSCORE option is a lone zero byte; without any flag it has to be empty.
  case needlessFlags = 7
  /// The OSCORE option ends within its Partial IV or its kid context.
  case optionTruncated = 8
  /// Bytes follow in the OSCORE option that no flag announces.
  case optionTrailingBytes = 9
  /// The Partial IV begins with a zero byte that it does not need.
  case partialIVNotShortest = 10
  /// A request without a Partial IV.
  case noPartialIV = 11
  /// A request without a kid.
  case noKeyIdentifier = 12
  /// The EDHOC option is there: message 3 has to be taken out first (RFC 9668).
  case combinedRequest = 13
  /// The kid or the kid context are not the context's.
  case unknownContext = 14
  /// The payload is too short for a code and a tag.
  case noCiphertext = 15
  /// The request's number was received before.
  case replayed = 16
  /// The request's number is 32 or more behind the highest.
  case tooOld = 17
  /// The tag does not fit: not by the peer, not for this request, or altered.
  case badTag = 18
  /// What was decrypted is no CoAP message.
  case innerMalformed = 19
  /// A request was decrypted where a response belongs, or the other way round.
  case innerCode = 20
  /// What was decrypted has an option that may not stand inside (class U only, or Observe).
  case innerOption = 21
  /// The message to protect has an option that Muster does not protect: Observe, OSCORE, EDHOC or Proxy-Uri.
  case unprotectable = 22
  /// The context's limit of messages, or of failed verifications, is reached: a new EDHOC is due.
  case exhausted = 23
  /// The buffer is too small. The message in it is untouched.
  case noSpace = 24
  /// The provider failed.
  case cryptography = 25
  /// The combined request has no message 3 in front of its ciphertext, or not in its form.
  case noMessage3 = 26
}
