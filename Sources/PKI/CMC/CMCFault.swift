/// What is wrong with a CMC message itself: one name per rule, stable in audit rows and on the wire.
public enum CMCFault: String, Error, Equatable, CaseIterable, Sendable {
  /// Longer than ``PKILimits/cmcMessageBytes``.
  case messageTooLong = "message-too-long"
  /// Not the one shape of SignedData, PKIData or PKIResponse that is allowed here.
  case messageMalformed = "message-malformed"
  /// A content type other than PKIData in a request or PKIResponse in an answer.
  case contentTypeWrong = "content-type-wrong"
  /// A control that this system does not know, one twice, or one that must be there and is not.
  case controlsNotAllowed = "controls-not-allowed"
  /// The content does not have the digest in the signed attributes.
  case digestMismatch = "digest-mismatch"
  /// The signer named, or the certificate carried, is not the one known.
  case signerMismatch = "signer-mismatch"
  /// The outer signature does not verify.
  case signatureInvalid = "signature-invalid"
  /// The signer's certificate is not one that may sign this kind of message.
  case signerNotAuthorised = "signer-not-authorised"
  /// Signed too long ago, or in the future.
  case signingTimeOff = "signing-time-off"
  /// The answer belongs to another request: transaction or nonce differ.
  case answerNotOurs = "answer-not-ours"
  /// The answer's certificate is not the one that was ordered, or its path does not end at an anchor.
  case certificateWrong = "certificate-wrong"

  /// One sentence for people.
  public var sentence: String {
    switch self {
    case .messageTooLong: "The message is longer than \(PKILimits.cmcMessageBytes) bytes."
    case .messageMalformed: "The message is not the strict form of CMC in CMS SignedData."
    case .contentTypeWrong: "The content is not a PKIData in a request, or not a PKIResponse in an answer."
    case .controlsNotAllowed: "A control is unknown, repeated or missing."
    case .digestMismatch: "The content does not match the digest in the signed attributes."
    case .signerMismatch: "The message names or carries another signer's certificate than the one known."
    case .signatureInvalid: "The outer signature does not verify."
    case .signerNotAuthorised: "The signer's certificate may not sign this kind of message."
    case .signingTimeOff: "The signing time is too far from the receiver's clock."
    case .answerNotOurs: "The answer belongs to another transaction or nonce."
    case .certificateWrong: "The answer's certificate is not the one ordered, or its path does not end at an anchor."
    }
  }
}
