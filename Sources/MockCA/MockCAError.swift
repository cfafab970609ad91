/// Why the CA cannot start or do what its owner asked: the environment's fault or the owner's, never a client's.
public struct MockCAError: Error, Equatable, CustomStringConvertible {
  /// What kind of failure it is.
  public enum Code: String, Sendable {
    /// The directory holds no CA.
    case notInitialised
    /// The directory holds something already.
    case alreadyInitialised
    /// Another process runs this CA.
    case inUse
    /// The database was written by a newer program.
    case databaseNewer
    /// SQLite does not promise that a commit survives a power cut.
    case databaseNotDurable
    /// A file is missing or wrong.
    case damaged
    /// No certificate has this serial number.
    case unknownCertificate
    /// An argument cannot be used.
    case argument
  }

  /// The kind of failure; equality looks at nothing else.
  public let code: Code
  /// One sentence for the person at the terminal.
  public let reason: String

  init(_ code: Code, _ reason: String) {
    self.code = code
    self.reason = reason
  }

  public var description: String { reason }

  public static func == (left: MockCAError, right: MockCAError) -> Bool { left.code == right.code }
}
