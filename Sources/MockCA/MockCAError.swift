/// Why the CA cannot start or do what its owner asked: the environment's fault or the owner's, never a client's.
public struct MockCAError: Error, Equatable, CustomStringConvertible {
  /// What kind of failure it is.
  public enum Code: String, Sendable, CaseIterable {
    /// The directory holds no CA.
    case notInitialised
    /// The directory holds something already.
    case alreadyInitialised
    /// Another process runs this CA.
    case inUse
    /// The address cannot be listened on.
    case cannotListen
    /// The database was written by a newer program.
    case databaseNewer
    /// SQLite does not promise that a commit survives a power cut.
    case databaseNotDurable
    /// The database cannot be read or written.
    case database
    /// A file is missing or wrong.
    case damaged
    /// A file or directory is there and cannot be read or made.
    case unreadable
    /// No certificate has this serial number.
    case unknownCertificate
    /// The anchor's key is needed and kept elsewhere.
    case anchorOffline
    /// An issuing CA is needed and no longer in the directory.
    case issuerGone
    /// The file `ca.yaml` cannot be used.
    case settings
    /// An argument cannot be used.
    case argument

    /// The exit status of `muster ca` when it ends because of this, as the manager's commands have them (sysexits.h).
    public var exitStatus: Int32 {
      switch self {
      case .argument: 64  // EX_USAGE
      case .anchorOffline, .issuerGone, .notInitialised, .damaged, .unreadable, .unknownCertificate: 66  // EX_NOINPUT
      case .alreadyInitialised: 73  // EX_CANTCREAT
      case .database, .databaseNewer, .databaseNotDurable: 74  // EX_IOERR
      case .inUse: 75  // EX_TEMPFAIL
      case .cannotListen, .settings: 78  // EX_CONFIG
      }
    }
  }

  /// The kind of failure; equality looks at nothing else.
  public let code: Code
  /// What happened and why: one sentence for the person at the terminal.
  public let reason: String
  /// What to try, one sentence, if anything can be tried.
  public let remedy: String?

  init(_ code: Code, _ reason: String, remedy: String? = nil) {
    self.code = code
    self.reason = reason
    self.remedy = remedy
  }

  public var description: String { remedy.map { "\(reason) \($0)" } ?? reason }

  public static func == (left: MockCAError, right: MockCAError) -> Bool { left.code == right.code }
}
