/// Why there is no answer to an OCSP request (OCSPResponseStatus, RFC 6960 §4.2.1).
public enum OCSPFailure: UInt8, Error, Sendable, Equatable {
  /// The request is no OCSP request, or one of a kind that cannot be answered.
  case malformedRequest = 1
  /// The responder's own trouble.
  case internalError = 2
  /// The responder is for the moment not able to answer.
  case tryLater = 3
  /// The certificates asked about are not of this responder's issuers (RFC 5019 §2.2.3).
  case unauthorized = 6

  /// The unsigned answer that says so.
  public var derBytes: [UInt8] { [0x30, 0x03, 0x0A, 0x01, rawValue] }
}
