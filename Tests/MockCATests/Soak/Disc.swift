import Foundation
import TestKit

/// A file system of its own whose power can be cut: ext4 in a file. Needs root and loop devices.
final class Disc: Sendable {
  /// Where it is mounted.
  let path: String
  private let image: String

  /// Whether this machine lets us mount one.
  static let isPossible: Bool = (try? Disc()) != nil

  init() throws {
    let scratch = NSTemporaryDirectory() + "muster-disc-" + UUID().uuidString
    (path, image) = (scratch, scratch + ".ext4")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    do {
      _ = try Tool.run("truncate", ["-s", "96M", image])
      _ = try Tool.run("/usr/sbin/mkfs.ext4", ["-q", "-F", image])
      _ = try Tool.run("mount", ["-o", "loop", image, path])
    } catch {
      Self.remove(path, image)
      throw error
    }
  }

  deinit {
    _ = try? Tool.run("umount", [path])
    Self.remove(path, image)
  }

  /// From here on nothing reaches the disc: what was not flushed, the journal's last entries included, is gone.
  func cut() throws {
    // EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH (fs/ext4/ext4.h).
    let script = """
      import fcntl, os, struct, sys
      fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587D, struct.pack("I", 2))
      """
    _ = try Tool.run("python3", ["-c", script, path])
  }

  /// The power is back: the journal is replayed, and what is there is all there is.
  func restore() throws {
    _ = try Tool.run("umount", [path])
    _ = try Tool.run("mount", ["-o", "loop", image, path])
  }

  private static func remove(_ path: String, _ image: String) {
    try? FileManager.default.removeItem(atPath: image)
    // Only when it is empty: never through a mount that is still there.
    rmdir(path)
  }
}
