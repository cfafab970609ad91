public import PKI
public import Whitelist

/// Who may talk to whom in a network, as its owner says it: what lists are compiled from.
///
/// There are no rules that forbid: what none allows is forbidden (docs/whitelist.md).
public struct Policy: Equatable, Sendable {
  /// The network's name, the trust descriptor's.
  public var network: String
  /// What is said in every list.
  public var lists = PolicyListTerms()
  /// Issuers of certificates, by the names that ``PolicyDevice/Certificate/issuer`` uses.
  public var issuers: [String: WhitelistTerms.Issuer] = [:]
  public var devices: [PolicyDevice] = []
  /// Sets of devices, by name.
  public var groups: [String: [PolicySelector]] = [:]
  /// Sets of devices that accept something, by name.
  public var roles: [String: PolicyRole] = [:]
  public var rules: [PolicyRule] = []

  /// A policy that allows nothing.
  public init(network: String) { self.network = network }
}

/// How lists are to be kept and renewed.
public struct PolicyListTerms: Equatable, Sendable {
  /// For how long a list is fresh, in seconds.
  public var renewSeconds: UInt64 = 7 * 86_400
  /// After how long it admits nobody, in seconds; not less than ``renewSeconds``.
  public var expireSeconds: UInt64 = 30 * 86_400
  public var stalePolicy = StalePolicy.failClosed
  public var timeMode = TimeMode.managerTime
  /// How many restarts without the manager a list serves.
  public var offlineRestarts: UInt32 = 3

  /// A week, a month, and nobody when they are over.
  public init() {}
}

/// A set of devices with what every one of them accepts: a rule to it need not say it again.
public struct PolicyRole: Equatable, Sendable {
  public var members: [PolicySelector]
  /// Without directions.
  public var accepts: [WhitelistTerms.Rule]

  public init(members: [PolicySelector], accepts: [WhitelistTerms.Rule]) {
    self.members = members
    self.accepts = accepts
  }
}

/// Every device of `from` may begin with every device of `to`, other than itself.
public struct PolicyRule: Equatable, Sendable {
  /// What people call it.
  public var name: String
  public var from: [PolicySelector]
  public var to: [PolicySelector]
  /// What may be spoken, without a direction. Nil: what the roles in ``to`` accept.
  public var use: WhitelistTerms.Rule?

  public init(_ name: String, from: [PolicySelector], to: [PolicySelector], use: WhitelistTerms.Rule?) {
    self.name = name
    self.from = from
    self.to = to
    self.use = use
  }
}
