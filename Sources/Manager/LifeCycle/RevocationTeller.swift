/// Has a CA revoke what was revoked here.
protocol RevocationTeller: Sendable {
  /// Asks the CA. Asked again it is the same request, and the same answer. It does not throw: whatever goes wrong is an answer
  /// of its own.
  func tell(_ revocation: RevocationRecord, of certificate: CertificateRecord) async -> RevocationAnswer
}

/// A CA's answer to a revocation.
enum RevocationAnswer: Sendable, Equatable {
  /// It is revoked there, by this request or before; or there is nobody to be told.
  case revoked
  /// Not now: to be asked again.
  case later(atLeast: Duration, String)
  /// Not as things are.
  case refused(String)
}
