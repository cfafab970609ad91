import Foundation

/// A script in the virtual environment that `make setup` builds.
enum Python {
  struct Failure: Error, CustomStringConvertible { let description: String }

  /// Runs a script; no thread waits for it, since the manager in this process needs them.
  ///
  /// - Parameter script: its path below `Tests/`.
  /// - Returns: what it prints, without the line's end.
  static func run(_ script: String, _ arguments: [String]) async throws -> String {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let path = FileManager.default.temporaryDirectory.appending(path: "muster-python-\(UUID().uuidString)").path
    try Data().write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let process = Process()
    // Through env: Process itself would follow the link to the system's Python, which has none of the packages.
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      [tests.deletingLastPathComponent().appending(path: ".venv/bin/python").path, tests.appending(path: script).path]
      + arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: path))
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in continuation.resume() }
      do {
        try process.run()
      } catch {
        process.terminationHandler = nil
        continuation.resume(throwing: error)
      }
    }
    let printed = try String(contentsOfFile: path, encoding: .utf8)
    guard process.terminationStatus == 0 else {
      throw Failure(description: "\(script) ended with \(process.terminationStatus): \(printed)")
    }
    return printed.trimmingCharacters(in: .newlines)
  }
}
