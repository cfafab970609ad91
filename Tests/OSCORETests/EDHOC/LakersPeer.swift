import Foundation

/// lakers as the other peer, in a Python process that answers line by line.
final class LakersPeer {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var received = Data()

  init() throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let root = tests.deletingLastPathComponent().deletingLastPathComponent()
    let python = root.appending(path: ".venv/bin/python").path
    guard FileManager.default.isExecutableFile(atPath: python) else {
      throw Failure(description: "there is no \(python): run `make setup`")
    }
    // Through env: Process itself would follow the link to the system's Python, which has none of the packages.
    self.process.executableURL = URL(filePath: "/usr/bin/env")
    self.process.arguments = [python, tests.appending(path: "oracle/edhoc_lakers.py").path]
    self.process.standardInput = self.input
    self.process.standardOutput = self.output
    self.process.standardError = FileHandle.nullDevice
    try self.process.run()
  }

  deinit {
    try? self.input.fileHandleForWriting.close()
    self.process.waitUntilExit()
  }

  /// One command and its answer's fields.
  func ask(_ command: String) throws -> [String] {
    try self.input.fileHandleForWriting.write(contentsOf: Data((command + "\n").utf8))
    while true {
      if let end = self.received.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: self.received[..<end], as: UTF8.self)
        self.received = Data(self.received[(end + 1)...])
        guard !line.hasPrefix("error") else { throw Failure(description: "\(command): \(line)") }
        return line.split(separator: " ").map(String.init)
      }
      let data = self.output.fileHandleForReading.availableData
      guard !data.isEmpty else { throw Failure(description: "lakers is gone after \(command)") }
      self.received.append(data)
    }
  }

  /// A command whose answer is bytes.
  func bytes(_ command: String) throws -> [UInt8] {
    OSCORETests.bytes(try self.ask(command)[0])
  }
}
