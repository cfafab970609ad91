import Durability
import Foundation
import Synchronization

/// The process ids of all children, in a file: a demonstration that was killed leaves them running, and the next one
/// clears them up before it begins.
public final class PIDRecord: Sendable {
  private let path: String
  private let pids = Mutex<Set<pid_t>>([])

  // Held as long as there may be children.
  private let lock: FileLock

  init(path: String, lock: FileLock) {
    self.path = path
    self.lock = lock
  }

  /// All children of this process, for the moment it exits without having ended them.
  private static let children = Mutex<Set<pid_t>>([])
  private static let endsChildrenAtExit: Void = {
    atexit {
      PIDRecord.children.withLock { for pid in $0 { kill(pid, SIGTERM) } }
    }
  }()

  func add(_ pid: pid_t) {
    Self.endsChildrenAtExit
    Self.children.withLock { _ = $0.insert(pid) }
    pids.withLock {
      $0.insert(pid)
      save($0)
    }
  }

  func remove(_ pid: pid_t) {
    Self.children.withLock { _ = $0.remove(pid) }
    pids.withLock {
      $0.remove(pid)
      save($0)
    }
  }

  /// Ends what an earlier run left behind. A process id may have been given to another program since: only one whose
  /// command line mentions this record's folder is ended.
  static func clearLeftovers(at path: String) {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return }
    let folder = (path as NSString).deletingLastPathComponent
    for pid in text.split(separator: "\n").compactMap({ pid_t($0) }) {
      let commandLine = try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8)
      if commandLine?.contains(folder) == true { kill(pid, SIGKILL) }
    }
    try? FileManager.default.removeItem(atPath: path)
  }

  private func save(_ pids: Set<pid_t>) {
    try? pids.map(String.init).joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
  }
}
