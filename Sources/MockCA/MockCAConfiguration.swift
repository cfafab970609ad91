public import Foundation

/// How a CA runs. Everything but the directory has a value that suits one machine.
public struct MockCAConfiguration: Sendable {
  /// The directory that ``MockCA/initialize(directory:name:now:)`` filled.
  public var directory: String
  /// The address to listen on: a name or an IP address.
  public var host: String
  /// The port; 0 lets the system choose, see ``MockCAEvent/listening(port:)``.
  public var port: Int
  /// The port of the status listener, on the same address: CRLs and OCSP over plain HTTP. 0 lets the system choose, see
  /// ``MockCAEvent/statusListening(port:)``; nil takes the one of the URL that certificates name.
  public var statusPort: Int? = 0
  /// The clock.
  public var now: @Sendable () -> Date
  /// Told of what happens. Called from the request's task: return soon.
  public var onEvent: @Sendable (MockCAEvent) -> Void
  /// Limits against slow and greedy clients.
  public var limits = Limits()

  /// How it misbehaves; 'muster ca fault' adds to that while it runs.
  public var faults: [Fault] = []

  /// A configuration.
  public init(
    directory: String, host: String = "127.0.0.1", port: Int = 0, now: @escaping @Sendable () -> Date,
    onEvent: @escaping @Sendable (MockCAEvent) -> Void = { _ in }
  ) {
    self.directory = directory
    self.host = host
    self.port = port
    self.now = now
    self.onEvent = onEvent
  }

  /// What a client may use up.
  public struct Limits: Sendable {
    /// The longest request body in bytes, base64 and line breaks included.
    public var bodyBytes = 32_768
    /// How long a whole body may take.
    public var bodyDeadline = Duration.seconds(10)
    /// How long a connection may say nothing.
    public var idleTimeout = Duration.seconds(30)
    /// How many connections there may be at once; more wait to be accepted.
    public var connections = 256
    /// The longest header field, and half of the longest header, in bytes.
    public var headerFieldBytes = 8_192
  }
}

/// What a running CA tells of itself.
public enum MockCAEvent: Sendable, Equatable {
  /// It accepts connections on this port.
  case listening(port: Int)
  /// It tells certificates' status on this port.
  case statusListening(port: Int)
  /// It made an issuer's CRLs anew because their time had come; 0 is the anchor.
  case listed(issuer: Int)
  /// It could not keep status fresh and will try again.
  case statusFailed(String)
  /// Something that its owner has to see to: a key that does not sign, work for a CA that cannot do it. One sentence.
  case trouble(String)
  /// It revoked a certificate for a registration authority.
  case revoked(serialNumber: String)
  /// It issued a certificate, or gave the one on record again.
  case issued(profile: String, serialNumber: String, subject: String)
  /// It refused: the name of the reason, and the sentence.
  case refused(reason: String, sentence: String)
}
