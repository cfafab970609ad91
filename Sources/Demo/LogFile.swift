import Foundation
import Synchronization

/// A file that lines are appended to, from any thread.
final class LogFile: Sendable {
  private let handle: Mutex<FileHandle>

  init(path: String) throws {
    if !FileManager.default.fileExists(atPath: path) { FileManager.default.createFile(atPath: path, contents: nil) }
    guard let handle = FileHandle(forWritingAtPath: path) else { throw DemoError("cannot write \(path)") }
    handle.seekToEndOfFile()
    self.handle = Mutex(handle)
  }

  func write(_ line: String) {
    handle.withLock { $0.write(Data((line + "\n").utf8)) }
  }
}
