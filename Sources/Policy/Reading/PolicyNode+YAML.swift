import Yams

extension PolicyNode {
  /// More than any policy has; aliases that stand for each other many times over end here.
  private static let mostNodes = 3_000_000

  /// Reads a YAML document.
  ///
  /// - Parameter file: its name, for the places of faults.
  init(yaml text: String, file: String) throws(PolicyError) {
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
      YamlError.composer(_, let problem, let mark, _)
    {
      // Without the piece of the text that Yams points into: it may hold anything, and is several lines.
      throw PolicyError(.syntax, at: "\(file):\(mark.line):\(mark.column)", "this is not YAML: \(problem).")
    } catch {
      throw PolicyError(.syntax, at: file, "this is not YAML.")
    }
    guard let root else { throw PolicyError(.syntax, at: file, "the document is empty.") }
    var left = Self.mostNodes
    self = try Self(root, file, depth: 0, &left)
  }

  private init(_ node: Node, _ file: String, depth: Int, _ left: inout Int) throws(PolicyError) {
    place = node.mark.map { "\(file):\($0.line):\($0.column)" } ?? file
    left -= 1
    guard left > 0, depth < 32 else { throw PolicyError(.syntax, at: place, "the document is too large or too deep.") }
    switch node {
    case .scalar(let scalar):
      value =
        scalar.string.isEmpty && scalar.style != .doubleQuoted && scalar.style != .singleQuoted
          || scalar.string == "null" || scalar.string == "~" ? .null : .scalar(scalar.string)
    case .sequence(let sequence):
      var items: [PolicyNode] = []
      for item in sequence { items.append(try Self(item, file, depth: depth + 1, &left)) }
      value = .list(items)
    case .mapping(let mapping):
      var fields: [Field] = []
      for (key, item) in mapping {
        guard let key = key.scalar?.string else { throw PolicyError(.syntax, at: place, "a field's name is a word.") }
        fields.append(Field(key: key, value: try Self(item, file, depth: depth + 1, &left)))
      }
      value = .map(fields)
    case .alias:
      throw PolicyError(.syntax, at: place, "an alias of nothing.")
    }
  }
}
