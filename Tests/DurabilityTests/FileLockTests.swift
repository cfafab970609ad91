import Durability
import Foundation
import Testing

@Suite("A file held by one process")
struct FileLockTests {
  private let path = NSTemporaryDirectory() + "muster-lock-\(UInt64.random(in: 0 ... .max))"

  @Test("It is held once, and free again when the lock is gone")
  func held() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    do {
      let lock = try FileLock(path)
      #expect(throws: FileLock.Failure.held) { try FileLock(path) }
      withExtendedLifetime(lock) {}
    }
    #expect(throws: Never.self) { try FileLock(path) }
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
  }

  @Test("A file that cannot be opened is said to be that, and not held by another")
  func unavailable() {
    #expect(throws: FileLock.Failure.unavailable("No such file or directory")) { try FileLock(path + "/none/lock") }
  }

  @Test("A refused one closes its file once: descriptors that others opened meanwhile stay open")
  func closesOnce() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let lock = try FileLock(path)
    for _ in 0..<100 {
      #expect(throws: FileLock.Failure.held) { try FileLock(path) }
      let other = open("/dev/null", O_RDONLY | O_CLOEXEC)
      #expect(fcntl(other, F_GETFD) >= 0)
      close(other)
    }
    #expect(throws: FileLock.Failure.held) { try FileLock(path) }
    withExtendedLifetime(lock) {}
  }
}
