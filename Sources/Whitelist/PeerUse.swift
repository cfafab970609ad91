/// What a peer is to be talked to for: what a rule is held against.
public struct PeerUse: Equatable, Sendable {
  /// Who begins.
  public var direction: PeerDirection
  /// What is spoken.
  public var application: PeerProtocol
  /// What protects it.
  public var transport: PeerTransport
  /// The port of whoever is called; 0 where there are none, which only a rule without ports fits.
  public var port: UInt16
  /// The minor version of TLS or DTLS 1.x: 2 or 3; nil for a transport that has none.
  public var tlsVersion: UInt8?

  public init(
    _ direction: PeerDirection, _ application: PeerProtocol, over transport: PeerTransport, port: UInt16,
    tlsVersion: UInt8? = nil
  ) {
    self.direction = direction
    self.application = application
    self.transport = transport
    self.port = port
    self.tlsVersion = tlsVersion
  }
}
