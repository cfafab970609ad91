import CoAP

extension CoAPConnection {
  /// Limits and times of a connection. Everything that can pile up has a bound here.
  public struct Configuration: Sendable {
    /// The longest message taken, in bytes; announced in our CSM. At least 1152.
    public var maximumMessageBytes = CoAPLimits.defaultMaxMessageBytes
    /// Our requests that may wait for an answer at the same time; more fail with `tooManyRequests`.
    public var maximumOutstandingRequests = 128
    /// The peer's requests that are worked on at the same time; more are answered 5.03.
    public var maximumConcurrentRequests = 64
    /// Max-Age of that 5.03, in seconds: when the peer may try again (RFC 7252 §5.9.3.4).
    public var retryAfterSeconds: UInt32 = 5
    /// Silence after which a Ping is sent.
    public var pingAfter: Duration = .seconds(30)
    /// How long the Ping may stay without anything coming in; then the connection is given up.
    public var pongTimeout: Duration = .seconds(10)
    /// How long the peer's CSM may take.
    public var settingsTimeout: Duration = .seconds(10)
    /// After a Release, how long open exchanges may take to end.
    public var releaseTimeout: Duration = .seconds(5)

    /// The defaults.
    public init() {}
  }

  /// What a connection has seen that went wrong without ending it.
  public struct Counters: Equatable, Sendable {
    /// Answers to no request of ours, or to one that was given up. They are dropped.
    public internal(set) var lateAnswers = 0
    /// Requests answered 5.03 because too many were under way.
    public internal(set) var refusedRequests = 0
    /// Answers of our handler that were too long for the peer or had no encoding; 5.00 was sent in their place.
    public internal(set) var unsendableAnswers = 0
    /// Signals of unknown codes. They are ignored.
    public internal(set) var unknownSignals = 0
    /// Pings sent.
    public internal(set) var pings = 0

    /// All zero.
    public init() {}
  }
}
