#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Holds a folder for one process: two managers on one database would call every device twice.
///
/// The kernel gives the lock back when the process ends, however it ends.
final class FolderLock: Sendable {
  private let descriptor: Int32

  /// - Throws: ``ManagerError``: `conflict` when another process has the folder, `unreadableFile` when it cannot be locked.
  init(_ folder: ManagerFolder) throws(ManagerError) {
    let path = "\(folder.path)/lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw ManagerError(.unreadableFile, "\(path) cannot be opened: \(String(cString: strerror(errno))).")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw ManagerError(
        .conflict, "Another manager is running on \(folder.path).", remedy: "End it first, or give another folder.")
    }
  }

  deinit { close(descriptor) }
}
