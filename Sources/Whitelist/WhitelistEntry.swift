/// One entry, as it is read from the list: a peer's certificate, and what its holder may do there.
struct WhitelistEntry {
  var key: EntryKey
  /// Which set of rules; without one there is no limit.
  var ruleSet: UInt32?
  /// Where the thumbprint of the peer's key stands.
  var pin: Range<Int>?
  var validFrom: UInt64 = 0
  var validUntil: UInt64 = .max
  /// The entry of the certificate that this one's holder had before.
  var predecessor: EntryKey?

  var isTimed: Bool { self.validFrom != 0 || self.validUntil != .max }
}
