import Foundation

/// The mark that a demonstration runs in a folder: gone with the process, however it ends.
final class FolderLock: Sendable {
  private let descriptor: Int32

  /// - Throws: `DemoError` when another process holds it.
  init(path: String) throws {
    descriptor = open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      if descriptor >= 0 { close(descriptor) }
      throw DemoError(
        "a demonstration runs already, in \((path as NSString).deletingLastPathComponent)",
        hint: "end it with Ctrl-C, or name another folder with --directory")
    }
  }

  deinit { close(descriptor) }
}
