/// A failure of the local machine or of local files: never the fault of a peer.
///
/// A peer's faults are closed enums (``CertificationRequestRefusal``, ``CMCFault``, …), because a protocol answer and an
/// audit row hang on them.
public struct PKIError: Error, Equatable, CustomStringConvertible {
  /// What kind of failure it was.
  public enum Code: String, Sendable {
    /// A file could not be read or written.
    case file
    /// A private key file that others than its owner can read.
    case keyFilePermissions
    /// A file that has not the format it should have.
    case format
    /// A file that must not be there already.
    case fileExists
    /// What is asked for does not go with what is there.
    case conflict
    /// A PKCS#11 module that cannot be used.
    case tokenModule
    /// A token that is not there or does not answer: worth trying again.
    case tokenGone
    /// A PIN that the token refused; it is not tried again.
    case tokenPIN
    /// A token that has not the key it should have.
    case tokenKey
    /// A key that its token would give away.
    case tokenKeyExtractable
  }

  /// The kind of failure; equality looks at nothing else.
  public let code: Code
  /// One sentence for the person at the terminal, naming the file and what to do.
  public let reason: String

  /// A failure.
  ///
  /// - Parameter reason: one sentence for the person at the terminal.
  public init(_ code: Code, _ reason: String) {
    self.code = code
    self.reason = reason
  }

  public var description: String { reason }

  public static func == (left: PKIError, right: PKIError) -> Bool { left.code == right.code }
}
