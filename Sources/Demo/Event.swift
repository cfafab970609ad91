import Foundation

/// One line of a program's `--json` output: a flat object whose values are kept as text.
public struct Event: Sendable, CustomStringConvertible {
  /// The program that printed it: `ca`, `manager`, `gateway`, …
  public let source: String
  /// All fields; numbers and booleans in their JSON spelling.
  public let fields: [String: String]

  /// Reads one line, or answers nil when it is no JSON object (a log line for people, say).
  init?(line: String, source: String) {
    guard line.hasPrefix("{"),
      let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    else { return nil }
    self.source = source
    self.fields = object.mapValues { value in
      (value as? String) ?? (value as? NSNumber)?.stringValue ?? String(describing: value)
    }
  }

  /// The kind of event: the value of the field `event`.
  public var kind: String { fields["event"] ?? "" }

  public subscript(field: String) -> String? { fields[field] }

  public var description: String {
    "\(source): " + fields.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
  }
}
