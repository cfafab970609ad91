import Durability
import Foundation
import Synchronization
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
    let lost = Mutex(0)
    // One thread is refused again and again, the other one's descriptors come and go in between: a number that is closed twice is
    // the other's the second time. A thousand rounds without a leak, too: a process has 1,024 by default.
    DispatchQueue.concurrentPerform(iterations: 2) { thread in
      for _ in 0..<5_000 {
        if thread == 0 {
          _ = try? FileLock(path)
        } else {
          let other = open("/dev/null", O_RDONLY | O_CLOEXEC)
          sched_yield()
          if close(other) != 0 { lost.withLock { $0 += 1 } }
        }
      }
    }
    #expect(lost.withLock { $0 } == 0)
    #expect(throws: FileLock.Failure.held) { try FileLock(path) }
    withExtendedLifetime(lock) {}
  }
}
