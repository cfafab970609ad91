import PKI

/// How a policy names devices.
public enum PolicySelector: Hashable, Sendable {
  /// A device, a group or a role.
  case name(String)
  /// Devices by name: `*` stands for any characters, `?` for one.
  case glob(String)
  /// Devices with a label.
  case label(String)
  /// The device with this bootstrap key, or with a certificate that pins it: a thumbprint of 32 bytes.
  case key([UInt8])
  /// The device with a certificate.
  case certificate(issuer: String, serialNumber: [UInt8])

  /// Reads one: `NAME`, a name with `*` or `?`, `label:NAME`, `key:HEX` or `certificate:ISSUER/HEX`; nil when it is none.
  public init?(_ text: String) {
    guard let colon = text.firstIndex(of: ":") else {
      guard !text.isEmpty else { return nil }
      self = text.contains(where: { "*?".contains($0) }) ? .glob(text) : .name(text)
      return
    }
    let rest = String(text[text.index(after: colon)...])
    switch text[..<colon] {
    case "label":
      guard !rest.isEmpty else { return nil }
      self = .label(rest)
    case "key":
      guard let key = [UInt8](hexadecimal: rest), key.count == 32 else { return nil }
      self = .key(key)
    case "certificate":
      let parts = rest.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, let serialNumber = [UInt8](hexadecimal: parts[1]) else { return nil }
      self = .certificate(issuer: parts[0], serialNumber: serialNumber)
    default: return nil
    }
  }

  /// As it is written in a policy.
  public var text: String {
    switch self {
    case .name(let name), .glob(let name): name
    case .label(let label): "label:\(label)"
    case .key(let key): "key:\(key.hexadecimal)"
    case .certificate(let issuer, let serialNumber): "certificate:\(issuer)/\(serialNumber.hexadecimal)"
    }
  }
}

/// A pattern of `*` and `?` over characters.
struct Glob {
  private let pattern: [Character]

  init(_ pattern: String) { self.pattern = Array(pattern) }

  /// Goes back only to the last `*`: never more than length times length steps, whatever the pattern.
  func matches(_ text: String) -> Bool {
    let text = Array(text)
    var (position, place) = (0, 0)
    var star: (pattern: Int, text: Int)?
    while place < text.count {
      if position < pattern.count, pattern[position] == "*" {
        star = (position, place)
        position += 1
      } else if position < pattern.count, pattern[position] == "?" || pattern[position] == text[place] {
        position += 1
        place += 1
      } else if let last = star {
        (position, place) = (last.pattern + 1, last.text + 1)
        star = (last.pattern, last.text + 1)
      } else {
        return false
      }
    }
    return pattern[position...].allSatisfy { $0 == "*" }
  }
}
