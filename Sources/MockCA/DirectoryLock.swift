import Foundation

/// Holds a CA's directory for one process; the kernel lets go when the process ends, however it ends.
final class DirectoryLock: Sendable {
  private let descriptor: Int32

  /// - Throws: ``MockCAError`` with code `inUse` when another process holds it.
  init(_ directory: CADirectory) throws {
    descriptor = open(directory.lockFile, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw MockCAError(
        .unreadable, "Cannot open the file \(directory.lockFile): \(String(cString: strerror(errno))).")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw MockCAError(.inUse, "Another process runs the CA in \(directory.path).", remedy: "Stop it first.")
    }
  }

  deinit { close(descriptor) }
}
