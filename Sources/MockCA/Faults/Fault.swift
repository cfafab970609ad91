/// One way in which a CA misbehaves, and how often: what a registration authority has to survive.
public struct Fault: Sendable, Equatable {
  /// What goes wrong.
  public enum Kind: Sendable, Equatable {
    /// Refused, signed, with `fault-rejected`.
    case reject
    /// Answered late.
    case delay(Duration)
    /// 202 with Retry-After in seconds, and no content.
    case later(Int)
    /// Never answered.
    case hang
    /// This HTTP status, and nothing that could be an answer.
    case status(Int)
    /// A good certificate for the right subject and another key.
    case wrongKey
    /// A certificate, and an answer, of a stranger who has the CA's names.
    case wrongChain
    /// A certificate that has ended.
    case expired
    /// The first half of a good answer.
    case truncated
    /// A good answer with a mebibyte behind it.
    case oversized
    /// A certificate with the serial number of an earlier one.
    case duplicateSerial
  }

  public let kind: Kind
  /// Of 100 orders, how many it meets.
  public let percent: Int

  /// Reads a fault as the command line has it: `KIND[=VALUE][@PERCENT]`.
  ///
  /// - Returns: nil when it is none.
  public init?(_ text: String) {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    let words = parts[0].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let kind = Self.kind(words[0], words.count == 2 ? words[1] : nil) else { return nil }
    let percent = parts.count == 2 ? Int(parts[1]) : 100
    guard let percent, (1...100).contains(percent) else { return nil }
    (self.kind, self.percent) = (kind, percent)
  }

  private static func kind(_ name: String, _ value: String?) -> Kind? {
    switch (name, value) {
    case ("reject", nil): .reject
    case ("hang", nil): .hang
    case ("wrong-key", nil): .wrongKey
    case ("wrong-chain", nil): .wrongChain
    case ("expired", nil): .expired
    case ("truncated", nil): .truncated
    case ("oversized", nil): .oversized
    case ("duplicate-serial", nil): .duplicateSerial
    case ("delay", let value?): Int(value).flatMap { (1...600_000).contains($0) ? .delay(.milliseconds($0)) : nil }
    case ("later", let value?): Int(value).flatMap { (0...86_400).contains($0) ? .later($0) : nil }
    case ("status", let value?): Int(value).flatMap { (400...599).contains($0) ? .status($0) : nil }
    default: nil
    }
  }

  /// Every form that the command line takes.
  public static let forms =
    "reject, delay=MILLISECONDS, later=SECONDS, hang, status=CODE, wrong-key, wrong-chain, expired, truncated, oversized, "
    + "duplicate-serial; with @PERCENT behind it for some orders only"
}

extension Fault: CustomStringConvertible {
  /// As ``init(_:)`` reads it.
  public var description: String {
    let name =
      switch kind {
      case .reject: "reject"
      case .delay(let duration): "delay=\(Int(duration / .milliseconds(1)))"
      case .later(let seconds): "later=\(seconds)"
      case .hang: "hang"
      case .status(let code): "status=\(code)"
      case .wrongKey: "wrong-key"
      case .wrongChain: "wrong-chain"
      case .expired: "expired"
      case .truncated: "truncated"
      case .oversized: "oversized"
      case .duplicateSerial: "duplicate-serial"
      }
    return percent == 100 ? name : "\(name)@\(percent)"
  }
}
