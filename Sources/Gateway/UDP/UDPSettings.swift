public import CoAP
public import Edge

/// How the gateway serves CoAP over UDP, where anybody may send anything from any address.
public struct UDPSettings: Sendable {
  /// Where it listens.
  public var address: UDPAddress
  /// Endpoints (address and port) that are remembered at the same time.
  public var endpoints = 512
  /// Endpoints of one address, for there may be a network behind it (an IPv6 address counts with its /64).
  public var endpointsPerAddress = 64
  /// How long an endpoint may be silent before it is forgotten and cannot be called any more. Longer than any message
  /// of it is remembered, and than devices wait between two registrations.
  public var idleMilliseconds: UInt64 = 600_000
  /// The longest datagram taken and sent, in bytes (RFC 7252 §4.6).
  public var maxDatagramBytes = 1_152
  /// The times of the message layer.
  public var transmission = TransmissionParameters()
  /// Datagrams of one address.
  public var perAddress = RateLimit(perSecond: 50, burst: 100)
  /// Datagrams of all endpoints that have not shown yet that they are where they say.
  public var strangers = RateLimit(perSecond: 200, burst: 400)
  /// Datagrams of all others.
  public var known = RateLimit(perSecond: 2_000, burst: 4_000)
  /// Requests of one endpoint that the manager may be answering at the same time.
  public var requestsPerEndpoint = 4
  /// Requests of all endpoints that the manager may be answering at the same time; strangers get half of them.
  public var requests = 64
  /// How many bytes a stranger is sent for each one that came from its address: whoever forges a sender's address
  /// must not gain by it (RFC 9175 §2.6, RFC 9000 §8.1).
  public var amplification = 3

  /// The defaults, at an address.
  public init(address: UDPAddress) {
    self.address = address
  }
}
