#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Holds a file for one process, and with it whatever the file stands for: a folder, a database, a demonstration.
///
/// The kernel gives the lock back when the process ends, however it ends, so none is ever left behind.
public final class FileLock: Sendable {
  /// Why a file cannot be held.
  public enum Failure: Error, Equatable {
    /// Another process holds it, or another lock of this one.
    case held
    /// The file cannot be opened: the system's words.
    case unavailable(String)
  }

  private let descriptor: Int32

  /// Holds the file from now on until the lock is gone. A file that is not there is made, mode 0600.
  public init(_ path: String) throws(Failure) {
    let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard opened >= 0 else { throw .unavailable(String(cString: strerror(errno))) }
    guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
      let failure = errno
      close(opened)
      throw failure == EWOULDBLOCK ? .held : .unavailable(String(cString: strerror(failure)))
    }
    descriptor = opened
  }

  deinit { close(descriptor) }
}
