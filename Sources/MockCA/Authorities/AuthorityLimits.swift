import PKI

/// What a registration authority may order; what is nil is not limited.
public struct AuthorityLimits: Codable, Sendable, Equatable {
  /// The profiles, by name.
  public var profiles: [String]?
  /// The domains under which DNS names must be.
  public var domains: [String]?
  /// The only organization (O) that a subject may name.
  public var organization: String?
  /// How many orders it may make a day (UTC). A repetition is no order of its own.
  public var perDay: Int?

  /// Limits; without any, everything the profiles allow.
  public init(
    profiles: [String]? = nil, domains: [String]? = nil, organization: String? = nil, perDay: Int? = nil
  ) {
    self.profiles = profiles
    self.domains = domains
    self.organization = organization
    self.perDay = perDay
  }

  /// Checks an order; how many it made is for the store to know.
  func check(_ order: IncomingOrder) throws(Refusal) {
    // Its own certificate it may always renew.
    guard order.profile != .registrationAuthority else { return }
    if let profiles, !profiles.contains(order.profile.name) { throw .profileNotOfAuthority }
    if let domains {
      guard order.request.dnsNames.allSatisfy({ $0.isHostName(under: domains) }), order.request.ipAddresses.isEmpty
      else { throw .nameNotOfAuthority }
    }
    if let organization, order.request.subject.organization != organization { throw .nameNotOfAuthority }
  }
}
