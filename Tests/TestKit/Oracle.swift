import Foundation

/// An independent implementation in Python, started from the virtual environment that `make setup` builds.
public enum Oracle {
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  /// Runs a script of the calling test target's `oracle/` with these arguments and lines as its input and returns the lines
  /// it prints.
  public static func run(
    _ script: String, arguments: [String] = [], lines: [String] = [], calledFrom file: String = #filePath
  ) throws -> [String] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let path = URL(filePath: file).path.dropFirst(root.appending(path: "Tests/").path.count)
    guard let target = path.split(separator: "/").first else { throw Failure(description: "\(file) is no test's file") }
    let tests = root.appending(path: "Tests/\(target)")
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
    process.arguments = [python, tests.appending(path: "oracle/\(script)").path] + arguments
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
