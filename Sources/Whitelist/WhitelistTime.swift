/// What a device knows of the time when it reads or uses a list.
public struct WhitelistTime: Equatable, Sendable {
  /// Where a time comes from.
  public enum Origin: UInt8, Equatable, Sendable {
    /// The last time known before the last start, a lower bound that never runs backwards; 0 when there is none.
    case floor
    /// The manager, in this session or since the last start.
    case manager
    /// A clock of the device's own that goes on without power.
    case clock
  }

  /// Seconds since 1970: it is not earlier than this.
  public let seconds: UInt64
  /// Where the time comes from.
  public let origin: Origin
  /// How often the device has started since the manager was last heard; 0 when it has been heard since the last start.
  public let restarts: UInt32

  /// - Parameters:
  ///   - seconds: since 1970, never less than the last time known.
  ///   - origin: where it comes from.
  ///   - restarts: since the manager was last heard.
  public init(seconds: UInt64, origin: Origin, restarts: UInt32) {
    self.seconds = seconds
    self.origin = origin
    self.restarts = restarts
  }

  /// Whether it is the time, and not only a bound.
  public var isTrusted: Bool { self.origin != .floor }
}

/// How old a list is, as far as its holder can know.
public enum WhitelistFreshness: UInt8, Equatable, Sendable {
  /// It is from a time that has not come: its holder's clock is wrong, or its signer's was.
  case notYetValid
  /// In force.
  case fresh
  /// Due for renewal, or its holder cannot know that it is not: its stale policy says what it admits.
  case stale
  /// Beyond its hard expiry: it admits nobody.
  case expired
}

extension Whitelist {
  /// How old the list is.
  ///
  /// A time known is a lower bound, and whatever ends by it has ended, in any time mode. That something has *not* ended
  /// takes more: what the list's time mode asks for.
  public func freshness(at time: WhitelistTime) -> WhitelistFreshness {
    if time.seconds >= self.hardExpiry { return .expired }
    if time.seconds >= self.nextUpdate { return .stale }
    guard self.isServed(by: time) else { return .stale }
    return self.isAhead(of: time) ? .notYetValid : .fresh
  }

  /// Whether the list is from a time that has not come, by a time that is trusted.
  func isAhead(of time: WhitelistTime) -> Bool {
    guard time.isTrusted, self.timeMode != .counterOnly, time.seconds < self.thisUpdate else { return false }
    return self.thisUpdate - time.seconds > WhitelistLimits.clockSkewSeconds
  }

  /// Whether a time is good enough to call the list fresh by.
  func isServed(by time: WhitelistTime) -> Bool {
    switch self.timeMode {
    case .clock: time.isTrusted
    case .managerTime: time.origin == .manager || time.restarts <= self.offlineRestarts
    case .counterOnly: time.restarts <= self.offlineRestarts
    }
  }
}
