/// Why a certificate was revoked (RFC 5280 §5.3.1), without the reasons that end-entity certificates cannot have here:
/// holds, which a device could not be told of, and those of attribute authorities.
public enum RevocationReason: UInt8, Sendable, CaseIterable {
  case unspecified = 0
  case keyCompromise = 1
  case caCompromise = 2
  case affiliationChanged = 3
  case superseded = 4
  case cessationOfOperation = 5
  case privilegeWithdrawn = 9

  /// RFC 5280's name: how people write it on the command line and programs in JSON.
  public var name: String {
    switch self {
    case .unspecified: "unspecified"
    case .keyCompromise: "keyCompromise"
    case .caCompromise: "cACompromise"
    case .affiliationChanged: "affiliationChanged"
    case .superseded: "superseded"
    case .cessationOfOperation: "cessationOfOperation"
    case .privilegeWithdrawn: "privilegeWithdrawn"
    }
  }

  /// The reason of this name, of either case.
  public init?(name: String) {
    guard let reason = Self.allCases.first(where: { $0.name.lowercased() == name.lowercased() }) else { return nil }
    self = reason
  }
}
