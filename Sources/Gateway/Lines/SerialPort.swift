#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Opens a serial terminal as the link wants it: raw bytes both ways, no modem lines, and nobody else's.
enum SerialPort {
  /// The speeds that a specification may name, in bits per second, rising.
  static let bauds = speeds.map(\.baud)

  /// The terminal driver's constant for a speed, or nil when there is none.
  static func speed(baud: Int) -> speed_t? {
    speeds.first { $0.baud == baud }?.constant
  }

  /// Opens the terminal at `path` without waiting for anything.
  /// - Returns: a non-blocking descriptor that the caller owns.
  /// - Throws: `lineUnavailable` (may pass: unplugged), `inUse` (another process), or `badConfiguration` (no terminal).
  static func open(path: String, baud: Int) throws(GatewayError) -> CInt {
    let descriptor = path.withCString { openPath($0, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC) }
    guard descriptor >= 0 else { throw unavailable(path, errno) }
    do {
      try lock(descriptor, path)
      try makeRaw(descriptor, path, baud)
      return descriptor
    } catch {
      close(descriptor)
      throw error
    }
  }

  // A lock on the open file, which the kernel drops with the process however that ends. TIOCEXCL would be stronger
  // against programs that do not ask, but on a pseudo-terminal it outlives a killed gateway and locks out its successor.
  private static func lock(_ descriptor: CInt, _ path: String) throws(GatewayError) {
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw GatewayError(
        .inUse, "\(path) is held by another process.",
        advice: "Stop the other gateway, terminal program or flasher; `fuser \(path)` names it.")
    }
  }

  private static func makeRaw(_ descriptor: CInt, _ path: String, _ baud: Int) throws(GatewayError) {
    var settings = termios()
    guard isatty(descriptor) == 1, tcgetattr(descriptor, &settings) == 0 else {
      throw GatewayError(.badConfiguration, "\(path) is no serial line.", advice: "Give a tty, or unix:PATH.")
    }
    cfmakeraw(&settings)  // also VMIN 1: an empty line reads as 'try again', not as its end
    settings.c_cflag |= tcflag_t(CLOCAL | CREAD)
    // Hang-up on close would drop DTR, which resets many boards each time the gateway restarts.
    settings.c_cflag &= ~tcflag_t(HUPCL)
    settings.c_cflag &= ~tcflag_t(CRTSCTS)
    guard let speed = speed(baud: baud), cfsetspeed(&settings, speed) == 0,
      tcsetattr(descriptor, TCSANOW, &settings) == 0
    else {
      throw GatewayError(
        .badConfiguration, "\(path) cannot run at \(baud) baud.", advice: "Give a speed that its adapter knows.")
    }
  }

  private static func unavailable(_ path: String, _ number: CInt) -> GatewayError {
    let advice =
      switch number {
      case ENOENT, ENXIO, ENODEV: "Plug the device in; the gateway opens the line when it appears."
      case EACCES, EPERM: "Give the gateway's user access, usually by the group dialout."
      default: "Check the cable and the adapter; the gateway keeps trying."
      }
    return GatewayError(
      .lineUnavailable, "\(path) cannot be opened: \(String(cString: strerror(number))).", advice: advice)
  }

  private static func openPath(_ path: UnsafePointer<CChar>, _ flags: CInt) -> CInt {
    #if canImport(Glibc)
      Glibc.open(path, flags)
    #elseif canImport(Musl)
      Musl.open(path, flags)
    #else
      Darwin.open(path, flags)
    #endif
  }

  #if os(Linux)
    private static let speeds: [(baud: Int, constant: speed_t)] = [
      (9_600, speed_t(B9600)), (19_200, speed_t(B19200)), (38_400, speed_t(B38400)), (57_600, speed_t(B57600)),
      (115_200, speed_t(B115200)), (230_400, speed_t(B230400)), (460_800, speed_t(B460800)),
      (500_000, speed_t(B500000)), (921_600, speed_t(B921600)), (1_000_000, speed_t(B1000000)),
      (1_500_000, speed_t(B1500000)), (2_000_000, speed_t(B2000000)), (3_000_000, speed_t(B3000000)),
    ]
  #else
    private static let speeds: [(baud: Int, constant: speed_t)] = [
      9_600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800, 921_600,
    ].map { ($0, speed_t($0)) }
  #endif
}
