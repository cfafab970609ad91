import CoAP

/// What the peer has said about itself in its CSMs (RFC 8323 §5.3).
struct PeerSettings {
  /// The longest message it takes.
  private(set) var maximumMessageBytes = CoAPLimits.defaultMaxMessageBytes
  /// It knows RFC 7959.
  private(set) var knowsBlockwise = false
  /// Its first message, which must be a CSM, is here.
  private(set) var isKnown = false

  /// Takes a CSM; what it does not mention stays as it was.
  mutating func update(_ message: CoAPMessage) {
    self.isKnown = true
    if let bytes = message.uint(.maxMessageSize) { self.maximumMessageBytes = Int(bytes) }
    if message.value(of: .blockWiseTransfer) != nil { self.knowsBlockwise = true }
  }
}
