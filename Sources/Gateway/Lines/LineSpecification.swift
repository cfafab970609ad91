/// Where a line is: a serial terminal with its speed, or a Unix socket.
///
/// As text: `/dev/ttyACM0`, `/dev/ttyUSB0:57600`, `/dev/pts/7`, `unix:/run/board.sock`.
public enum LineSpecification: Hashable, Sendable, CustomStringConvertible {
  /// A serial port or pseudo-terminal, in bits per second.
  case terminal(path: String, baud: Int)
  /// A Unix stream socket that somebody else listens on, as QEMU's character devices do.
  case unixSocket(path: String)

  /// The speed of a terminal whose specification names none.
  public static let defaultBaud = 115_200

  /// - Throws: `badConfiguration`, saying what is wrong with `text`.
  public init(parsing text: String) throws(GatewayError) {
    if text.hasPrefix(Self.socketPrefix) {
      let path = String(text.dropFirst(Self.socketPrefix.count))
      try UnixSocketPath.check(path)
      self = .unixSocket(path: path)
      return
    }
    // Only digits after the last colon are a speed: /dev/serial/by-path is full of colons.
    guard let colon = text.lastIndex(of: ":"), let baud = Self.number(text[text.index(after: colon)...]) else {
      self = .terminal(path: try Self.checked(path: text), baud: Self.defaultBaud)
      return
    }
    guard SerialPort.speed(baud: baud) != nil else {
      throw GatewayError(
        .badConfiguration, "A line cannot run at \(baud) baud.",
        advice: "Use one of \(SerialPort.bauds.map(String.init).joined(separator: ", ")).")
    }
    self = .terminal(path: try Self.checked(path: String(text[..<colon])), baud: baud)
  }

  /// The line's speed in bits per second. A socket has none; what stands behind it has a serial port's.
  public var baud: Int {
    switch self {
    case .terminal(_, let baud): baud
    case .unixSocket: Self.defaultBaud
    }
  }

  /// The file behind the path, whatever links lead to it: what can only be held once.
  var place: String {
    let path =
      switch self {
      case .terminal(let path, _), .unixSocket(let path): path
      }
    return ResolvedPath.of(path)
  }

  public var description: String {
    switch self {
    case .terminal(let path, Self.defaultBaud): path
    case .terminal(let path, let baud): "\(path):\(baud)"
    case .unixSocket(let path): Self.socketPrefix + path
    }
  }

  private static let socketPrefix = "unix:"

  private static func number(_ text: Substring) -> Int? {
    text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
  }

  private static func checked(path: String) throws(GatewayError) -> String {
    guard path.hasPrefix("/") else {
      throw GatewayError(
        .badConfiguration, "'\(path)' is no line.",
        advice: "Give an absolute path such as /dev/ttyACM0, with :BAUD if it is not 115200, or unix:PATH.")
    }
    return path
  }
}
