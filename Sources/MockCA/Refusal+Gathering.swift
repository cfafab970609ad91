import PKI

extension Refusal {
  /// Under which name this refusal is counted with others of its kind and minute; nil when each has a row of its own.
  ///
  /// Whatever comes before the sender is known costs the sender nothing, so that its rows must not add up. A registration
  /// authority that was revoked or has expired is known, and whoever holds its key now may be its thief: it is counted by
  /// itself.
  ///
  /// - Parameter authority: the signer's serial number, as far as the message had one.
  func gathered(authority: [UInt8]?) -> String? {
    switch self {
    case .message, .bodyNotBase64, .bodyBroken, .bodyTooSlow, .contentType, .profileUnknown, .authorityUnknown,
      .codeMissing, .codeUnknown, .codeExpired, .codeUsed, .certificateRequired:
      name
    // It lasts as long as it lasts, and everybody asks again.
    case .keyUnavailable: name
    case .authorityExpired, .authorityRevoked, .authoritySuspended, .quotaExhausted:
      "\(name) \((authority ?? []).hexadecimal)"
    case .request, .profile, .profileNotOfAuthority, .nameNotOfAuthority, .nonceReplayed, .transactionReused,
      .certificateRevoked, .keyOfAnotherSubject, .keyRevoked, .keyOfAuthority, .subjectNotOfAuthority,
      .subjectOfAnotherCertificate, .certificateUnknown, .issuerGone, .issuerRevoked, .lintFailed, .certificateDiffers,
      .faultRejected, .storeFailed:
      nil
    }
  }
}
