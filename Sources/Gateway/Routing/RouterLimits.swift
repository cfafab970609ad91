/// How much the router holds, and how long it waits.
public struct RouterLimits: Sendable {
  /// The manager's requests that may wait for one device, besides the one it is answering.
  public var queuedRequests: Int
  /// Requests of one device that the manager may be answering at the same time.
  public var requestsToManager: Int
  /// How long a device may take to answer, from when it got the request. Its `busy` extends it.
  public var answerMilliseconds: UInt64
  /// How long a request may take altogether, waiting included, however often the device says that it is busy. Less than
  /// the 60 s that the manager waits, so that it hears why.
  public var exchangeMilliseconds: UInt64
  /// Max-Age of a 5.03, in seconds: when the sender may try again (RFC 7252 §5.9.3.4).
  public var retryAfterSeconds: UInt32

  /// The defaults suit a line of 115,200 baud and a device that signs in a few seconds.
  public init(
    queuedRequests: Int = 8, requestsToManager: Int = 4, answerMilliseconds: UInt64 = 15_000,
    exchangeMilliseconds: UInt64 = 50_000, retryAfterSeconds: UInt32 = 5
  ) {
    self.queuedRequests = queuedRequests
    self.requestsToManager = requestsToManager
    self.answerMilliseconds = answerMilliseconds
    self.exchangeMilliseconds = exchangeMilliseconds
    self.retryAfterSeconds = retryAfterSeconds
  }
}
