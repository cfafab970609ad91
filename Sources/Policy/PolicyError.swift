/// Why a policy, or a file that is to become one, was not taken: always the fault of its writer.
public struct PolicyError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What kind of fault it is; stable.
  public enum Code: String, Sendable {
    /// It is not YAML, JSON or CSV.
    case syntax
    /// A field that is not known.
    case unknownField
    /// A field that has to be there.
    case missingField
    /// A value that its field cannot have.
    case value
    /// A name that nothing has.
    case unknownName
    /// What may be there only once.
    case duplicate
    /// Groups that contain each other.
    case cycle
    /// What a whitelist cannot express.
    case unsupported
  }

  public let code: Code
  /// Where: a file with line and column, or the path or name of the part.
  public let place: String
  /// One sentence.
  public let reason: String

  public init(_ code: Code, at place: String, _ reason: String) {
    self.code = code
    self.place = place
    self.reason = reason
  }

  public var description: String { "\(place): \(reason)" }
}
