extension StringProtocol {
  /// The text as it may be shown: on a terminal, in a table, in a log.
  ///
  /// Whoever wrote it may not move a cursor, break a line or turn the reading direction round (CVE-2021-42574), and may not go
  /// on and on.
  ///
  /// - Parameter limit: the most characters (Unicode scalars); the rest is left out.
  public func shown(limit: Int = 200) -> String {
    var text = String.UnicodeScalarView()
    for scalar in unicodeScalars.lazy.filter(\.isShown).prefix(limit) { text.append(scalar) }
    return String(text)
  }

  /// Whether it can be shown as it stands, see ``shown(limit:)``.
  public var isShown: Bool { unicodeScalars.allSatisfy(\.isShown) }
}

extension Unicode.Scalar {
  /// Whether it is a character to be read, and does nothing but stand in its place.
  public var isShown: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
    default: true
    }
  }
}
