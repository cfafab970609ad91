import Foundation

/// Another program as an independent eye: OpenSSL, Python.
struct Tool {
  struct Failure: Error {
    let text: String
  }

  /// The checkout: two folders above this file's.
  static let checkout = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Python with the packages that `make setup` installs; nil when it has not run.
  static let python: String? = {
    let path = checkout.appendingPathComponent(".venv/bin/python3").path
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }()

  /// Runs a program and returns what it wrote to standard output.
  ///
  /// - Throws: ``Failure`` with everything it wrote when it failed.
  static func run(_ program: String, _ arguments: [String]) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program.hasPrefix("/") ? program : "/usr/bin/\(program)")
    process.arguments = arguments
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    let complaints = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(text: String(decoding: bytes + complaints, as: UTF8.self))
    }
    return Array(bytes)
  }
}

/// A directory for one test's files.
final class Scratch {
  let path = NSTemporaryDirectory() + "muster-pki-" + UUID().uuidString

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and returns its path.
  func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    let file = path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }
}
