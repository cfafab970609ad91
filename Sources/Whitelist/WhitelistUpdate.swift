/// What a list means to a device that may have one already.
public enum WhitelistUpdate: Equatable, Sendable {
  /// It is the one in force: nothing is to be done, and that is a success.
  case same
  /// It takes the place of the one in force.
  case newer
}

/// Which list is in force: what a device keeps beside it, and what no list may fall below.
public struct WhitelistCounter: Equatable, Sendable {
  public let epoch: UInt32
  public let number: UInt64

  public init(epoch: UInt32, number: UInt64) {
    self.epoch = epoch
    self.number = number
  }
}

/// Whose lists are looked for, in the caller's bytes.
public struct WhitelistHolder: ~Escapable {
  let network: Span<UInt8>
  let list: UInt32
  let name: Span<UInt8>
  let thumbprint: Span<UInt8>

  /// - Parameters:
  ///   - network: the network's name, UTF-8, as the trust descriptor has it.
  ///   - list: which of the holder's lists; a device decides by list 1.
  ///   - name: the holder's name, UTF-8.
  ///   - thumbprint: that of its bootstrap key, 32 bytes.
  @_lifetime(copy network, copy name, copy thumbprint)
  public init(network: Span<UInt8>, list: UInt32 = 1, name: Span<UInt8>, thumbprint: Span<UInt8>) {
    self.network = network
    self.list = list
    self.name = name
    self.thumbprint = thumbprint
  }
}

extension Whitelist {
  /// Where an update stands against the list in force.
  public var counter: WhitelistCounter { WhitelistCounter(epoch: self.epoch, number: self.number) }

  /// Whether a device may take this list, whose signature has been checked.
  ///
  /// - Parameters:
  ///   - holder: the device.
  ///   - inForce: the list in force; nil when there has never been one.
  ///   - isSameContent: whether the contents of both are the same bytes, or their digests.
  ///   - time: what is known of the time.
  ///   - source: where this list stands.
  /// - Throws: `refused` with a reason from `otherNetwork` on; `unreadable`.
  public func update<Source: WhitelistSource & ~Copyable>(
    for holder: borrowing WhitelistHolder, over inForce: WhitelistCounter?, isSameContent: Bool, at time: WhitelistTime,
    in source: borrowing Source
  ) throws(WhitelistError) -> WhitelistUpdate {
    if let refusal = try self.refusal(for: holder, source) { throw .refused(refusal) }
    if let inForce, let update = try self.update(over: inForce, isSameContent) { return update }
    if time.seconds >= self.hardExpiry { throw .refused(.expired) }
    if self.isAhead(of: time) { throw .refused(.notYetValid) }
    if self.observeUntil != 0, !time.isTrusted { throw .refused(.observationWithoutTime) }
    return .newer
  }

  /// Holds both counters against each other; nil when this list is the newer one.
  private func update(
    over inForce: WhitelistCounter, _ isSameContent: Bool
  ) throws(WhitelistError) -> WhitelistUpdate? {
    guard self.epoch >= inForce.epoch else { throw .refused(.lowerEpoch) }
    guard self.epoch - inForce.epoch <= WhitelistLimits.epochRise else { throw .refused(.epochLeap) }
    guard self.epoch == inForce.epoch else { return nil }
    guard self.number >= inForce.number else { throw .refused(.lowerNumber) }
    guard self.number == inForce.number else { return nil }
    guard isSameContent else { throw .refused(.sameNumber) }
    return .same
  }

  /// Why it is not a holder's list; nil when it is.
  private func refusal<Source: WhitelistSource & ~Copyable>(
    for holder: borrowing WhitelistHolder, _ source: borrowing Source
  ) throws(WhitelistError) -> WhitelistRefusal? {
    do throws(ListFault) {
      guard try Self.holds(source, self.network, holder.network) else { return .otherNetwork }
      guard self.list == holder.list else { return .otherList }
      guard try Self.holds(source, self.holder, holder.name),
        try Self.holds(source, self.holderThumbprint, holder.thumbprint)
      else { return .otherHolder }
      return nil
    } catch {
      throw .unreadable
    }
  }
}
