/// A line as the command line and the configuration give it: `NAME=SPECIFICATION`.
public struct NamedLine: Hashable, Sendable, CustomStringConvertible {
  /// What devices on it are called by: `<name>.<gateway>`.
  public let name: LineName
  /// Where it is.
  public let specification: LineSpecification

  /// A line by its parts.
  public init(name: LineName, specification: LineSpecification) {
    self.name = name
    self.specification = specification
  }

  /// - Throws: `badConfiguration`, saying what is wrong with `text`.
  public init(parsing text: String) throws(GatewayError) {
    guard let equals = text.firstIndex(of: "=") else {
      throw GatewayError(
        .badConfiguration, "'\(text)' names no line.", advice: "Write NAME=SPEC, for example press-3=/dev/ttyACM0.")
    }
    guard let name = LineName(String(text[..<equals])) else {
      throw GatewayError(
        .badConfiguration, "'\(text[..<equals])' cannot name a line.",
        advice: "Use up to 63 of a-z, 0-9 and -, with no - at either end.")
    }
    self.init(name: name, specification: try LineSpecification(parsing: String(text[text.index(after: equals)...])))
  }

  public var description: String { "\(name)=\(specification)" }
}
