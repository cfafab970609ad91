public import Whitelist

/// What a whitelist says, as values: what a manager compiles, and what tools show.
public struct WhitelistTerms: Equatable, Sendable {
  /// An issuer of certificates, by hash and thumbprint: what a list knows of it.
  public struct Issuer: Hashable, Sendable {
    /// SHA-256 of the name in DER.
    public var name: [UInt8]
    /// The thumbprint of its key (RFC 9679).
    public var key: [UInt8]

    /// - Parameters:
    ///   - name: 32 bytes.
    ///   - key: 32 bytes.
    public init(name: [UInt8], key: [UInt8]) {
      self.name = name
      self.key = key
    }
  }

  /// A certificate, as a list names it.
  public struct Certificate: Hashable, Sendable {
    /// Who issued it.
    public var issuer: Issuer
    /// 1 to 20 bytes, without a leading zero.
    public var serialNumber: [UInt8]

    public init(issuer: Issuer, serialNumber: [UInt8]) {
      self.issuer = issuer
      self.serialNumber = serialNumber
    }
  }

  /// What is allowed with a peer. Nil means anything, an empty array nothing.
  public struct Rule: Hashable, Sendable {
    public var direction: PeerDirection?
    public var protocols: [PeerProtocol]?
    public var transports: [PeerTransport]?
    /// Ports of whoever is called, from 1.
    public var ports: [ClosedRange<UInt16>]?
    /// The minor version of TLS or DTLS 1.x: 2 or 3.
    public var leastTLSVersion: UInt8?

    public init(
      _ direction: PeerDirection? = nil, _ protocols: [PeerProtocol]? = nil, over transports: [PeerTransport]? = nil,
      ports: [ClosedRange<UInt16>]? = nil, leastTLSVersion: UInt8? = nil
    ) {
      self.direction = direction
      self.protocols = protocols
      self.transports = transports
      self.ports = ports
      self.leastTLSVersion = leastTLSVersion
    }
  }

  /// A peer.
  public struct Entry: Equatable, Sendable {
    public var certificate: Certificate
    /// Nil means that anything is allowed, an empty array that nothing is.
    public var rules: [Rule]?
    /// The thumbprint of its key, which then has to be the one.
    public var pin: [UInt8]?
    /// Seconds since 1970.
    public var validFrom: UInt64?
    /// Seconds since 1970.
    public var validUntil: UInt64?
    /// The certificate that the peer had before this one.
    public var predecessor: Certificate?

    public init(_ certificate: Certificate, rules: [Rule]? = nil) {
      self.certificate = certificate
      self.rules = rules
    }
  }

  public var network: String
  /// Which of the holder's lists: 1 is the one a device decides by.
  public var list: UInt32 = 1
  /// The holder's name.
  public var holder: String
  /// The thumbprint of the holder's bootstrap key.
  public var holderThumbprint: [UInt8]
  public var epoch: UInt32 = 1
  public var number: UInt64 = 1
  /// Seconds since 1970, as are the two below.
  public var thisUpdate: UInt64
  public var nextUpdate: UInt64
  public var hardExpiry: UInt64
  public var stalePolicy = StalePolicy.failClosed
  public var timeMode = TimeMode.managerTime
  /// How many restarts without the manager it may serve, at most 65,535.
  public var offlineRestarts: UInt32 = 0
  /// Until when it only observes; nil: it is strict.
  public var observeUntil: UInt64?
  /// Written in the order of their certificates, whatever their order here.
  public var entries: [Entry]

  /// Terms that are to be signed; signing checks them.
  public init(
    network: String, holder: String, holderThumbprint: [UInt8], thisUpdate: UInt64, nextUpdate: UInt64,
    hardExpiry: UInt64, entries: [Entry] = []
  ) {
    self.network = network
    self.holder = holder
    self.holderThumbprint = holderThumbprint
    self.thisUpdate = thisUpdate
    self.nextUpdate = nextUpdate
    self.hardExpiry = hardExpiry
    self.entries = entries
  }
}
