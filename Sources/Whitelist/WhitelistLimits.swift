/// What a list may hold at most, whoever reads it (docs/spec/cwl.md).
public enum WhitelistLimits {
  /// Longest list, in bytes.
  public static let listBytes = 65_535
  /// Most entries.
  public static let entries = 2_048
  /// Most issuers in the table.
  public static let issuers = 8
  /// Most sets of rules in the table.
  public static let ruleSets = 64
  /// Most rules in a set.
  public static let rulesOfASet = 8
  /// Most protocols, transports or port ranges in a rule.
  public static let valuesOfARule = 8
  /// Longest name of a network or a device, in bytes of UTF-8.
  public static let nameBytes = 64
  /// Longest serial number, in bytes, without a leading zero byte (RFC 5280 §4.1.2.2).
  public static let serialNumberBytes = 20
  /// A thumbprint or a hash of a name: SHA-256, in bytes.
  public static let hashBytes = 32
  /// A signer's public key: x and y of a P-256 point, in bytes.
  public static let keyBytes = 64
  /// By how much an epoch may rise from one list to the next.
  public static let epochRise: UInt32 = 16
  /// By how many seconds a list may be ahead of a reader's trusted time.
  public static let clockSkewSeconds: UInt64 = 300
}

/// What one device can hold, within ``WhitelistLimits``: it tells its manager, which compiles no list that will not fit.
public struct WhitelistCapacity: Equatable, Sendable {
  /// Longest list, in bytes: the room of a flash slot.
  public let listBytes: Int
  /// Most entries.
  public let entries: Int

  /// The format's own limits bind also where these are larger.
  public init(listBytes: Int = WhitelistLimits.listBytes, entries: Int = WhitelistLimits.entries) {
    self.listBytes = min(listBytes, WhitelistLimits.listBytes)
    self.entries = min(entries, WhitelistLimits.entries)
  }
}
