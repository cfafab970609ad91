/// Why a peer is not to be talked to. The numbers go over the line and never change their meaning (docs/spec/cwl.md,
/// 'Denials').
public enum WhitelistDenial: UInt8, Error, Equatable, Sendable {
  // The list.
  /// There is none: for callers who hold none.
  case noList = 1
  /// It could not be read.
  case unreadable = 2
  /// It is from a time that has not come.
  case listNotYetValid = 3
  /// It is stale, and its policy admits nobody, or not this one.
  case stale = 4
  /// Its hard expiry has passed.
  case expired = 5
  // The peer.
  /// The list has no peers of this issuer.
  case otherIssuer = 6
  /// The certificate is not listed.
  case notListed = 7
  /// It is, with another key.
  case otherKey = 8
  /// Its entry is not in force yet.
  case entryNotYetValid = 9
  /// Its entry is not in force any more.
  case entryOver = 10
  /// Its entry has a validity, and the time is not known.
  case noTime = 11
  // The rules, in the order they are looked at: of several rules, the reason is the one that came furthest.
  /// There is no rule for it: nothing is allowed.
  case noRules = 12
  /// No rule lets this side begin.
  case direction = 13
  /// No rule allows this protocol.
  case application = 14
  /// No rule allows this transport.
  case transport = 15
  /// No rule allows this port.
  case port = 16
  /// No rule allows this version of TLS.
  case tlsVersion = 17
}

/// What a list says about a peer.
public enum WhitelistDecision: Equatable, Sendable {
  /// It may be talked to.
  ///
  /// - Parameter entry: the index of its entry in this list.
  case admitted(entry: Int)
  /// It would be refused, and the list only observes: talk to it, and report why it would not have been.
  case observed(WhitelistDenial)
  /// It may not.
  case denied(WhitelistDenial)
}
