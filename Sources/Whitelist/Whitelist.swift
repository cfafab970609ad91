/// A certificate whitelist: whom one device may talk to, in the bytes it came as (docs/spec/cwl.md).
///
/// A COSE_Sign1 by one of the network's whitelist signers over a header and entries, one for each certificate that the
/// holder may meet. It never replaces the validation of a certificate's path and the proof of its key: it says which of
/// the certificates that pass belong to peers.
///
/// The value knows places, not bytes: a device keeps the list in flash and this, some two hundred bytes, in memory. Every
/// method that needs the list takes the ``WhitelistSource`` it was read from.
public struct Whitelist: Sendable {
  /// What is signed. Two lists are the same when these bytes are.
  public internal(set) var content = 0..<0
  /// The network's name, UTF-8.
  public internal(set) var network = 0..<0
  /// Which of its holder's lists it is; 1 is the one a device decides by.
  public internal(set) var list: UInt32 = 0
  /// The holder's name, UTF-8.
  public internal(set) var holder = 0..<0
  /// The thumbprint of the holder's bootstrap key, 32 bytes.
  public internal(set) var holderThumbprint = 0..<0
  /// Rises when the signer's memory of numbers may have been lost.
  public internal(set) var epoch: UInt32 = 0
  /// Rises with each list of an epoch.
  public internal(set) var number: UInt64 = 0
  /// When it was signed, in seconds since 1970.
  public internal(set) var thisUpdate: UInt64 = 0
  /// When the next one is due, in seconds since 1970.
  public internal(set) var nextUpdate: UInt64 = 0
  /// When it admits nobody any more, in seconds since 1970.
  public internal(set) var hardExpiry: UInt64 = 0
  /// What it admits between the two.
  public internal(set) var stalePolicy = StalePolicy.failClosed
  /// What the time is known by.
  public internal(set) var timeMode = TimeMode.clock
  /// How many restarts without the manager it may serve, where the time mode counts them.
  public internal(set) var offlineRestarts: UInt32 = 0
  /// Until when peers that it would refuse are let in and reported, in seconds since 1970; 0: it is strict.
  public internal(set) var observeUntil: UInt64 = 0
  /// How many entries there are.
  public internal(set) var entryCount = 0

  /// Where the tables' first elements stand.
  var issuers = 0
  var issuerCount: UInt32 = 0
  var ruleSets = 0
  var ruleSetCount: UInt32 = 0
  /// Where every `stride`-th entry begins: a search starts from the last of these that is not behind what it looks for.
  var fences = InlineArray<32, UInt16>(repeating: 0)
  var stride = 1

  /// Nothing yet.
  init() {}
}
