/// What went wrong in a demonstration, and what to try.
public struct DemoError: Error, CustomStringConvertible {
  public let reason: String
  public let hint: String?

  public init(_ reason: String, hint: String? = nil) {
    self.reason = reason
    self.hint = hint
  }

  public var description: String { hint.map { "\(reason)\n  Try: \($0)" } ?? reason }
}
