/// Something about a policy that its owner should know.
public struct PolicyFinding: Equatable, Sendable {
  /// What kind; stable.
  public enum Code: String, Sendable {
    /// Only one end of an edge can have the other in its list.
    case oneWay = "one-way"
    /// A device that may talk to nobody.
    case unreachable
    /// A rule that allows more than one use, or to everybody.
    case overWide = "over-wide"
    /// A rule that names nobody at one end.
    case namesNobody = "names-nobody"
    /// A list that its device has no room for, or that no list can be.
    case doesNotFit = "does-not-fit"
  }

  public let code: Code
  /// A device's name, or a rule's.
  public let subject: String
  /// One sentence.
  public let reason: String
}
