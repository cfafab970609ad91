/// Something the manager could not do: what happened and why, and what to try next.
///
/// Errors are compared by ``code`` only; the words are for people and may change.
public struct ManagerError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What kind of failure it is. Programs decide on this, and it never changes its meaning.
  public let code: Code
  /// What happened and why, in one sentence, without secrets.
  public let reason: String
  /// What to try, in one sentence, if anything can be tried.
  public let remedy: String?
  /// The source file where it was thrown.
  public let file: String
  /// The line there.
  public let line: UInt

  /// An error.
  ///
  /// - Parameters:
  ///   - code: its kind.
  ///   - reason: what happened and why, one sentence.
  ///   - remedy: what to try, one sentence.
  public init(
    _ code: Code, _ reason: String, remedy: String? = nil, file: String = #fileID, line: UInt = #line
  ) {
    self.code = code
    // A sentence often ends with somebody else's, which brings its own full stop.
    self.reason = reason.hasSuffix("..") && !reason.hasSuffix("...") ? String(reason.dropLast()) : reason
    self.remedy = remedy
    self.file = file
    self.line = line
  }

  /// By ``code`` only.
  public static func == (a: Self, b: Self) -> Bool { a.code == b.code }

  /// Reason and remedy.
  public var description: String {
    guard let remedy else { return reason }
    return "\(reason) \(remedy)"
  }
}

extension ManagerError {
  /// The kinds of failure, each with the exit status (sysexits.h) it has on the command line.
  public enum Code: String, Sendable, CaseIterable {
    /// The configuration is wrong: a key unknown, a value missing or unreadable.
    case configuration
    /// A file that must be there cannot be read, or is not what it should be.
    case unreadableFile = "unreadable-file"
    /// A file cannot be written where it shall be.
    case cannotWrite = "cannot-write"
    /// What should be made is there already.
    case alreadyExists = "already-exists"
    /// The database was written by a newer program.
    case databaseTooNew = "database-too-new"
    /// The database cannot be opened, or cannot promise durability.
    case database
    /// Nothing has that name.
    case notFound = "not-found"
    /// The state of things forbids it: somebody else was faster, or it is too early or too late.
    case conflict
    /// The request itself is wrong.
    case invalid
    /// The caller may not do that.
    case forbidden
    /// A peer (the CA, the manager, a gateway) cannot be reached or does not answer.
    case unreachable
    /// A peer answered, and refused.
    case refused
    /// A peer answered something that cannot be understood or trusted.
    case protocolViolation = "protocol-violation"
    /// Too much at once; later it may work.
    case overloaded

    /// The exit status of `muster` when it ends because of this.
    public var exitStatus: Int32 {
      switch self {
      case .invalid: 64  // EX_USAGE
      case .conflict, .protocolViolation: 65  // EX_DATAERR
      case .unreadableFile, .notFound: 66  // EX_NOINPUT
      case .unreachable: 69  // EX_UNAVAILABLE
      case .alreadyExists, .cannotWrite: 73  // EX_CANTCREAT
      case .database, .databaseTooNew: 74  // EX_IOERR
      case .overloaded: 75  // EX_TEMPFAIL
      case .forbidden, .refused: 77  // EX_NOPERM
      case .configuration: 78  // EX_CONFIG
      }
    }
  }
}
