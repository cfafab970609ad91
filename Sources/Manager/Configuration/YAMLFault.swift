import Yams

/// What Yams says of a text that is no YAML, in one line: without the piece of it that Yams points into, which may hold anything.
struct YAMLFault {
  /// Counted from 1; 0 when Yams names none.
  let line: Int
  /// For people, without a full stop.
  let sentence: String

  init(_ error: any Error) {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      (line, sentence) = (mark.line, "line \(mark.line), column \(mark.column): \(problem)")
    default:
      (line, sentence) = (0, "\(error)".split(whereSeparator: \.isNewline).first.map(String.init) ?? "unreadable")
    }
  }
}
