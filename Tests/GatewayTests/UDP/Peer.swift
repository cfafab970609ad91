import Foundation

/// An independent program, run to its end.
enum Peer {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Runs a script of `oracle/` in the virtual environment that `make setup` builds; returns the lines it prints.
  static func python(_ script: String, _ arguments: String...) async throws -> [String] {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let root = tests.deletingLastPathComponent().deletingLastPathComponent()
    let python = root.appending(path: ".venv/bin/python").path
    guard FileManager.default.isExecutableFile(atPath: python) else {
      throw Failure(description: "there is no \(python): run `make setup`")
    }
    let output = try await run([python, tests.appending(path: "oracle/\(script)").path] + arguments)
    return output.split(separator: "\n").map(String.init)
  }

  /// Runs a program that `make setup` installs; returns what it prints, its complaints included.
  ///
  /// No thread waits for it: those of the tasks are few, and the gateway and its manager need them meanwhile.
  static func run(_ command: [String], isFailureFine: Bool = false) async throws -> String {
    let path = FileManager.default.temporaryDirectory.appending(path: "muster-peer-\(UUID().uuidString)").path
    try Data().write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let output = try FileHandle(forWritingTo: URL(filePath: path))
    let process = Process()
    // Through env: Process itself would follow a link to the system's Python, which has none of the packages.
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    let status: Int32 = try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do {
        try process.run()
      } catch {
        process.terminationHandler = nil
        continuation.resume(throwing: error)
      }
    }
    let printed = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    guard status == 0 || isFailureFine else {
      throw Failure(description: "\(command) ended with \(status): \(printed)")
    }
    return printed
  }
}
