/// What one end of a link offers, and how patient it is.
///
/// The defaults suit a line of 9,600 baud or faster. Both ends may differ: what matters to both is negotiated by HELLO.
public struct LinkConfiguration: Sendable {
  /// The largest fragment this end takes, in bytes, 16 to 240. The smaller offer of the two holds.
  ///
  /// A fragment goes straight into the message buffer, so a larger one costs no memory; a smaller one loses less when
  /// the line flips bits. At 240 the CRC still finds every 5-bit error of a frame.
  public let maxPayloadBytes: UInt8

  /// How long the first acknowledgement, or the first answer to a HELLO, is waited for. Doubles with each retry.
  public let initialRetryMilliseconds: UInt16

  /// Where the doubling of ``initialRetryMilliseconds`` ends while a session is up.
  public let maxRetryMilliseconds: UInt16

  /// How many times in a row the peer may stay silent when asked, before the session is given up; 1 to 255.
  public let retryLimit: UInt8

  /// Where the doubling between two HELLOs ends while no session is up.
  public let maxHelloMilliseconds: UInt16

  /// After how long a silence the peer is asked whether it still lives; 0 never asks.
  public let probeAfterMilliseconds: UInt32

  /// How long a message may stay unacknowledged altogether, however often the peer says that it is busy.
  public let messageLifetimeMilliseconds: UInt32

  /// A configuration; each parameter is described at the property of its name.
  public init(
    maxPayloadBytes: UInt8 = 64,
    initialRetryMilliseconds: UInt16 = 250,
    maxRetryMilliseconds: UInt16 = 2_000,
    retryLimit: UInt8 = 10,
    maxHelloMilliseconds: UInt16 = 4_000,
    probeAfterMilliseconds: UInt32 = 20_000,
    messageLifetimeMilliseconds: UInt32 = 120_000
  ) {
    self.maxPayloadBytes = min(max(maxPayloadBytes, Specification.minPayloadBytes), Specification.maxPayloadBytes)
    self.initialRetryMilliseconds = max(initialRetryMilliseconds, 1)
    self.maxRetryMilliseconds = max(maxRetryMilliseconds, self.initialRetryMilliseconds)
    self.retryLimit = max(retryLimit, 1)
    self.maxHelloMilliseconds = max(maxHelloMilliseconds, self.initialRetryMilliseconds)
    self.probeAfterMilliseconds = probeAfterMilliseconds
    self.messageLifetimeMilliseconds = messageLifetimeMilliseconds
  }
}
