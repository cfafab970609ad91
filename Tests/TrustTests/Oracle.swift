import Foundation

/// An independent implementation in Python, started from the virtual environment that `make setup` builds.
struct Oracle {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Runs a script of `oracle/` with these lines as its input and returns the lines it prints.
  static func run(_ script: String, lines: [String]) throws -> [String] {
    let tests = URL(filePath: #filePath).deletingLastPathComponent()
    let root = tests.deletingLastPathComponent().deletingLastPathComponent()
    let python = root.appending(path: ".venv/bin/python").path
    guard FileManager.default.isExecutableFile(atPath: python) else {
      throw Failure(description: "there is no \(python): run `make setup`")
    }
    // The input is a file: a script that fails early must not leave us writing into a pipe that nobody reads.
    let input = FileManager.default.temporaryDirectory.appending(path: "muster-oracle-\(UUID().uuidString)")
    try Data(lines.joined(separator: "\n").utf8).write(to: input)
    defer { try? FileManager.default.removeItem(at: input) }
    let process = Process()
    let output = Pipe()
    // Through env: Process itself would follow the link to the system's Python, which has none of the packages.
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [python, tests.appending(path: "oracle/\(script)").path]
    process.standardInput = try FileHandle(forReadingFrom: input)
    process.standardOutput = output
    try process.run()
    let printed = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(description: "\(script) ended with \(process.terminationStatus)")
    }
    return String(decoding: printed, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
