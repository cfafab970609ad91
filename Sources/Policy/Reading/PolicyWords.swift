public import PKI
public import Whitelist

/// The names that policies, tables and people use for the numbers of docs/spec/cwl.md.
public enum PolicyWords {
  static let protocols: [(String, PeerProtocol)] = [
    ("coap", .coap), ("http", .http), ("mqtt", .mqtt), ("opc-ua", .opcUA), ("modbus", .modbus), ("amqp", .amqp),
    ("syslog", .syslog),
  ]
  static let transports: [(String, PeerTransport)] = [
    ("tls", .tls), ("dtls", .dtls), ("oscore", .oscore), ("quic", .quic),
  ]
  static let stalePolicies: [(String, StalePolicy)] = [
    ("fail-closed", .failClosed), ("keep-known-peers", .keepKnownPeers), ("grace", .grace),
  ]
  static let timeModes: [(String, TimeMode)] = [
    ("clock", .clock), ("manager-time", .managerTime), ("counter-only", .counterOnly),
  ]

  /// The protocol of a name or a number from 1; nil when there is none.
  public static func application(_ text: String) -> PeerProtocol? {
    protocols.first { $0.0 == text }?.1 ?? number(text).map(PeerProtocol.init)
  }

  /// The transport of a name or a number from 1; nil when there is none.
  public static func transport(_ text: String) -> PeerTransport? {
    transports.first { $0.0 == text }?.1 ?? number(text).map(PeerTransport.init)
  }

  public static func name(_ application: PeerProtocol) -> String {
    protocols.first { $0.1 == application }?.0 ?? "\(application.rawValue)"
  }

  public static func name(_ transport: PeerTransport) -> String {
    transports.first { $0.1 == transport }?.0 ?? "\(transport.rawValue)"
  }

  public static func name(_ policy: StalePolicy) -> String { stalePolicies.first { $0.1 == policy }?.0 ?? "" }

  public static func name(_ mode: TimeMode) -> String { timeModes.first { $0.1 == mode }?.0 ?? "" }

  /// `5684` or `4840-4843`.
  public static func name(_ ports: ClosedRange<UInt16>) -> String {
    ports.count == 1 ? "\(ports.lowerBound)" : "\(ports.lowerBound)-\(ports.upperBound)"
  }

  /// A port or a range of them; nil when it is none.
  public static func ports(_ text: String) -> ClosedRange<UInt16>? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { UInt16($0) }
    guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count < 3, first > 0, first <= last else {
      return nil
    }
    return first...last
  }

  /// The minor version of `1.2` or `1.3`; nil when it is another.
  public static func tlsVersion(_ text: String) -> UInt8? { ["1.2": 2, "1.3": 3][text] }

  /// What a rule of a list allows, as a sentence's part.
  public static func sentence(_ rule: WhitelistTerms.Rule) -> String {
    func either(_ values: [String]?, _ any: String) -> String {
      values.map { $0.isEmpty ? "nothing" : $0.joined(separator: " or ") } ?? any
    }
    let begin =
      switch rule.direction {
      case .outward: "calls it"
      case .inward: "is called by it"
      case nil: "either calls"
      }
    var parts = [
      "\(begin): \(either(rule.protocols?.map(name), "any protocol"))",
      "over \(either(rule.transports?.map(name), "any transport"))",
      rule.ports.map { "port \(either($0.map(name), ""))" } ?? "any port",
    ]
    if let least = rule.leastTLSVersion { parts.append("TLS 1.\(least) or later") }
    return parts.joined(separator: ", ")
  }

  private static func number(_ text: String) -> UInt32? { UInt32(text).flatMap { $0 > 0 ? $0 : nil } }
}
