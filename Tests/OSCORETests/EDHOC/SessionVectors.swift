import Foundation

/// The values of a session as `oracle/edhoc_trace.py` prints them.
struct SessionVectors {
  private var values: [String: [UInt8]] = [:]

  /// Reads `name hexadecimal` lines.
  init(lines: [String]) {
    for line in lines {
      let parts = line.split(separator: " ")
      if parts.count == 2 { self.values[String(parts[0])] = bytes(parts[1]) }
    }
  }

  /// A file of `vectors/`.
  init(file: String) throws {
    self.init(lines: try Self.lines(of: file))
  }

  subscript(name: String) -> [UInt8] { self.values[name] ?? [] }

  var names: Set<String> { Set(self.values.keys) }

  static func lines(of file: String) throws -> [String] {
    let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "vectors/\(file)")
    return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map(String.init)
  }
}
