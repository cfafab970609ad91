@testable import Gateway

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Both ends of a new pseudo-terminal (Linux).
struct PseudoTerminal {
  /// The end of the one who made it.
  let descriptor: CInt
  /// The path of the other end.
  let path: String
  /// The other end, held open: an adapter does not vanish when the gateway closes it.
  let keeper: CInt

  init() throws {
    descriptor = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
    var unlocked: CInt = 0
    var number: CInt = 0
    guard descriptor >= 0, ioctl(descriptor, Self.setLock, &unlocked) == 0,
      ioctl(descriptor, Self.getNumber, &number) == 0
    else { throw GatewayError(.lineUnavailable, "No pseudo-terminal is left.", advice: "Close some.") }
    path = "/dev/pts/\(number)"
    keeper = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
  }

  /// Closes both ends.
  func close() {
    for end in [descriptor, keeper] { closeDescriptor(end) }
  }

  // TIOCSPTLCK and TIOCGPTN of <asm-generic/ioctls.h>: macros that Swift cannot import.
  private static let setLock: UInt = 0x4004_5431
  private static let getNumber: UInt = 0x8004_5430
}

private func closeDescriptor(_ descriptor: CInt) {
  close(descriptor)
}
