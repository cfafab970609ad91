/// What a list that is due for renewal still admits, until its hard expiry.
public enum StalePolicy: UInt8, Equatable, Sendable {
  /// Nobody.
  case failClosed = 1
  /// Peers that were admitted while the list was fresh.
  case keepKnownPeers = 2
  /// Whom it admitted before.
  case grace = 3
}

/// What a list's holder knows the time by.
public enum TimeMode: UInt8, Equatable, Sendable {
  /// A clock that goes on without power, or the manager's time since the last start.
  case clock = 1
  /// The manager's time; after a restart the last time known serves, for some restarts.
  case managerTime = 2
  /// None: a list is renewed by the next one, and restarts without the manager are counted.
  case counterOnly = 3
}

/// Who begins.
public enum PeerDirection: UInt8, Equatable, Sendable {
  /// The list's holder calls the peer.
  case outward = 1
  /// The peer calls the list's holder.
  case inward = 2
}

/// What is spoken with a peer. Numbers from 65,536 on are a network's own.
public struct PeerProtocol: RawRepresentable, Hashable, Sendable {
  public var rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public static let coap = Self(rawValue: 1)
  public static let http = Self(rawValue: 2)
  public static let mqtt = Self(rawValue: 3)
  public static let opcUA = Self(rawValue: 4)
  public static let modbus = Self(rawValue: 5)
  public static let amqp = Self(rawValue: 6)
  public static let syslog = Self(rawValue: 7)
}

/// What protects it on the way. Numbers from 65,536 on are a network's own.
public struct PeerTransport: RawRepresentable, Hashable, Sendable {
  public var rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// TLS over TCP.
  public static let tls = Self(rawValue: 1)
  /// DTLS over UDP.
  public static let dtls = Self(rawValue: 2)
  /// EDHOC and OSCORE, over whatever carries CoAP.
  public static let oscore = Self(rawValue: 3)
  /// QUIC.
  public static let quic = Self(rawValue: 4)
}
