/// The times of the message layer, in milliseconds (RFC 7252 §4.8).
public struct TransmissionParameters: Equatable, Sendable {
  /// ACK_TIMEOUT: how long the first acknowledgement may take; each repetition waits twice as long as the one before.
  public var acknowledgementTimeout: UInt32
  /// ACK_RANDOM_FACTOR, in per cent: chance stretches the first wait by up to this, so that senders do not keep step.
  public var randomFactorPercent: UInt32
  /// MAX_RETRANSMIT: repetitions before a message is given up.
  public var maxRetransmissions: UInt8
  /// How long an answer may ride on the acknowledgement; after that an empty one goes ahead (RFC 7252 §5.2.2).
  public var piggybackDelay: UInt32
  /// EXCHANGE_LIFETIME: how long a confirmable message of the peer is remembered, so that a repetition is known.
  public var exchangeLifetime: UInt32
  /// NON_LIFETIME: the same for one that is not confirmable.
  public var nonConfirmableLifetime: UInt32

  /// RFC 7252's defaults; the answer's delay is a quarter of the wait of a peer that has the same.
  public init(
    acknowledgementTimeout: UInt32 = 2_000, randomFactorPercent: UInt32 = 150, maxRetransmissions: UInt8 = 4,
    piggybackDelay: UInt32 = 500, exchangeLifetime: UInt32 = 247_000, nonConfirmableLifetime: UInt32 = 145_000
  ) {
    self.acknowledgementTimeout = acknowledgementTimeout
    self.randomFactorPercent = randomFactorPercent
    self.maxRetransmissions = maxRetransmissions
    self.piggybackDelay = piggybackDelay
    self.exchangeLifetime = exchangeLifetime
    self.nonConfirmableLifetime = nonConfirmableLifetime
  }

  /// The first wait: ACK_TIMEOUT, stretched by chance.
  ///
  /// - Parameter random: any 32 bits, all alike.
  func firstTimeout(random: UInt32) -> UInt32 {
    let percent = self.randomFactorPercent > 100 ? self.randomFactorPercent - 100 : 0
    let span = self.acknowledgementTimeout / 100 * percent
    return self.acknowledgementTimeout + random % (span + 1)
  }
}
