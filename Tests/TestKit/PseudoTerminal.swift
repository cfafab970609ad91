import Glibc

/// Both ends of a new pseudo-terminal (Linux).
public struct PseudoTerminal: Sendable {
  /// The end of the one who made it; never waits.
  public let descriptor: CInt
  /// The path of the other end.
  public let path: String
  /// The other end, held open: an adapter does not vanish when the gateway closes it.
  public let keeper: CInt

  /// None is left.
  public struct Failure: Error {}

  /// Makes one.
  ///
  /// - Throws: ``Failure``.
  public init() throws {
    // What `posix_openpt`, `unlockpt` and `ptsname` do: Swift's Glibc module has none of the three.
    descriptor = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
    var unlocked: CInt = 0
    var number: CInt = 0
    guard descriptor >= 0, ioctl(descriptor, Self.setLock, &unlocked) == 0,
      ioctl(descriptor, Self.getNumber, &number) == 0
    else { throw Failure() }
    path = "/dev/pts/\(number)"
    keeper = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
  }

  /// Closes both ends.
  public func close() {
    for end in [descriptor, keeper] { Descriptor.close(end) }
  }

  // TIOCSPTLCK and TIOCGPTN of <asm-generic/ioctls.h>: macros that Swift cannot import.
  private static let setLock: UInt = 0x4004_5431
  private static let getNumber: UInt = 0x8004_5430
}

/// What a descriptor that never waits has, and takes.
public enum Descriptor {
  /// What is there to read, nothing at all included.
  public static func read(_ descriptor: CInt) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    return Array(bytes.prefix(max(0, count)))
  }

  /// Bytes for which there is no room are lost, as on a line whose other end does not listen.
  public static func write(_ descriptor: CInt, _ bytes: [UInt8]) {
    _ = Glibc.write(descriptor, bytes, bytes.count)
  }

  /// Closes it.
  public static func close(_ descriptor: CInt) {
    _ = Glibc.close(descriptor)
  }
}
