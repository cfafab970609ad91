/// Why the gateway cannot do what it was asked: what happened, and what to try.
///
/// Two errors are equal when their codes are.
public struct GatewayError: Error, Equatable, CustomStringConvertible {
  /// What kind of failure it is; stable, for programs.
  public enum Code: String, Sendable, CaseIterable {
    /// A name, address, specification or option value that cannot be meant.
    case badConfiguration
    /// A file of the gateway's directory is missing, unreadable, or not what it should be.
    case badIdentity
    /// Another process holds the line or the status socket.
    case inUse
    /// A line cannot be opened now; it may come back.
    case lineUnavailable
    /// The device on a direct line did not answer in time, or its link went down.
    case noAnswer
    /// The device on a direct line answered with an error, or with what it may not answer.
    case refusedByDevice
    /// The manager cannot be reached, or it is not the manager we trust.
    case managerUnavailable
    /// No gateway answers at the status socket.
    case notRunning
    /// A file or socket cannot be written.
    case cannotWrite
  }

  /// What kind of failure it is.
  public let code: Code
  /// One sentence: what happened, and why.
  public let reason: String
  /// One sentence: what to try.
  public let advice: String
  /// Where in Muster's source the error was made.
  public let file: StaticString
  /// The line in `file`.
  public let line: UInt

  /// An error made where it is thrown; the last two parameters are the place, and fill themselves in.
  public init(
    _ code: Code, _ reason: String, advice: String, file: StaticString = #fileID, line: UInt = #line
  ) {
    self.code = code
    self.reason = reason
    self.advice = advice
    self.file = file
    self.line = line
  }

  public var description: String {
    "\(reason) \(advice)"
  }

  public static func == (left: Self, right: Self) -> Bool {
    left.code == right.code
  }
}
