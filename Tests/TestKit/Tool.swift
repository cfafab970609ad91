import Foundation

/// Another program as an independent eye: OpenSSL, Python.
public enum Tool {
  public struct Failure: Error {
    /// All that it wrote.
    public let text: String

    public init(text: String) { self.text = text }
  }

  /// The checkout: two folders above this file's.
  public static let checkout = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Python with the packages that `make setup` installs; nil when it has not run.
  public static let python: String? = {
    let path = checkout.appendingPathComponent(".venv/bin/python3").path
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }()

  /// As ``run(_:_:)``, for a program that asks a server in this process: it must not hold one of the few threads that the server
  /// answers with.
  public static func output(_ program: String, _ arguments: [String]) async throws -> [UInt8] {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result { try run(program, arguments) }) }
    }
  }

  /// Runs a program and returns what it wrote to standard output.
  ///
  /// - Throws: ``Failure`` with everything it wrote when it failed.
  public static func run(_ program: String, _ arguments: [String]) throws -> [UInt8] {
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
public final class Scratch: Sendable {
  public let path = NSTemporaryDirectory() + "muster-pki-" + UUID().uuidString

  public init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and returns its path.
  public func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    let file = path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }
}
