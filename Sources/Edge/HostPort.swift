/// A host and a port as people write them: `HOST:PORT`, `[IPV6]:PORT`, or a host alone where there is a usual port.
public struct HostPort: Hashable, Sendable, CustomStringConvertible {
  /// A name, or a numeric address without brackets.
  public var host: String
  /// 0 to 65535; 0 lets the system choose, where something listens.
  public var port: Int

  /// An address by its parts.
  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// Reads an address.
  ///
  /// An IPv6 address stands in brackets, for without them nobody knows where it ends (RFC 3986 §3.2.2).
  ///
  /// - Parameter usualPort: what a host alone stands for; without one the port must be written.
  /// - Returns: nil when `text` is no such thing.
  public init?(_ text: String, usualPort: Int? = nil) {
    var host = Substring(text)
    var port: Substring?
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else { return nil }
      host = text[text.index(after: text.startIndex)..<end]
      guard host.contains(":") else { return nil }
      let rest = text[text.index(after: end)...]
      guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
      port = rest.isEmpty ? nil : rest.dropFirst()
    } else if let colon = text.firstIndex(of: ":") {
      host = text[..<colon]
      port = text[text.index(after: colon)...]
    }
    guard !host.isEmpty, host.utf8.allSatisfy(Self.isOfHost), let number = port.map(Self.number) ?? usualPort else {
      return nil
    }
    self.init(host: String(host), port: number)
  }

  /// `HOST:PORT`, IPv6 addresses in brackets.
  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  // Not Int's own reading, which takes a sign.
  private static func number(_ digits: Substring) -> Int? {
    guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return UInt16(digits).map(Int.init)
  }

  // What no name and no address has: spaces, controls, brackets, and the marks of other parts of a URL.
  private static func isOfHost(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte != 0x7F && !"[]/?#@".utf8.contains(byte)
  }
}
