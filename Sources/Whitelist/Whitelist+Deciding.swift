extension Whitelist {
  /// Whether a peer may be talked to.
  ///
  /// - Parameters:
  ///   - peer: who it is; everything but the list has spoken for it.
  ///   - use: what for.
  ///   - time: what is known of the time.
  ///   - source: where this list stands.
  public func decide<Source: WhitelistSource & ~Copyable>(
    _ peer: borrowing WhitelistPeer, _ use: PeerUse, at time: WhitelistTime, in source: borrowing Source
  ) -> WhitelistDecision {
    let freshness = self.freshness(at: time)
    switch freshness {
    case .notYetValid: return .denied(.listNotYetValid)
    case .expired: return .denied(.expired)
    case .stale:
      switch self.stalePolicy {
      case .failClosed: return .denied(.stale)
      case .keepKnownPeers: if !peer.wasAdmitted { return .denied(.stale) }
      case .grace: break
      }
    case .fresh: break
    }
    let decision: WhitelistDecision
    do throws(ListFault) {
      decision = try self.judge(peer, use, time, source)
    } catch {
      return .denied(.unreadable)
    }
    if case .denied(let denial) = decision, freshness == .fresh, time.isTrusted, time.seconds < self.observeUntil {
      return .observed(denial)
    }
    return decision
  }

  /// What the list says, whatever its age.
  private func judge<Source: WhitelistSource & ~Copyable>(
    _ peer: borrowing WhitelistPeer, _ use: PeerUse, _ time: WhitelistTime, _ source: borrowing Source
  ) throws(ListFault) -> WhitelistDecision {
    guard let issuer = try self.issuer(name: peer.issuerName, key: peer.issuerKey, source) else {
      return .denied(.otherIssuer)
    }
    guard let serialNumber = SerialNumber(peer.serialNumber),
      let (index, entry) = try self.find(EntryKey(issuer: issuer, serialNumber: serialNumber), source)
    else { return .denied(.notListed) }
    if let pin = entry.pin, try !Self.holds(source, pin, peer.key) { return .denied(.otherKey) }
    if entry.isTimed {
      // A time known is a lower bound: what it says has ended has, and what has not begun by it may not have.
      if time.seconds >= entry.validUntil { return .denied(.entryOver) }
      guard self.isServed(by: time) else { return .denied(.noTime) }
      if time.seconds < entry.validFrom { return .denied(.entryNotYetValid) }
    }
    if let set = entry.ruleSet, let denial = try self.denial(ofRuleSet: set, use, source) { return .denied(denial) }
    return .admitted(entry: index)
  }

  /// Whether a range of the list, at most 64 bytes, holds exactly these bytes.
  @inline(never)
  static func holds<Source: WhitelistSource & ~Copyable>(
    _ source: borrowing Source, _ range: Range<Int>, _ expected: Span<UInt8>
  ) throws(ListFault) -> Bool {
    guard range.count == expected.count else { return false }
    var bytes = InlineArray<64, UInt8>(repeating: 0)
    do throws(WhitelistSourceFailure) {
      var span = bytes.mutableSpan
      var room = span._mutatingExtracting(0..<range.count)
      try source.read(at: range.lowerBound, into: &room)
    } catch {
      throw .unreadable
    }
    for index in expected.indices where bytes[index] != expected[index] { return false }
    return true
  }
}
