import COSE
import CoAP

/// The security context of one session between device and manager (RFC 8613 §3), with AES-CCM-16-64-128 and HKDF
/// SHA-256.
///
/// Both ends ask and answer on it. Messages are whole frames at the front of the caller's buffer, and are protected and
/// unprotected where they stand. Nothing of a context is stored or copied: a restart means a new EDHOC, so no number and
/// with it no nonce is ever used again.
public struct OSCOREContext: ~Copyable {
  /// The number of messages under one key: RFC 9147 §4.5.3 bounds AES-CCM so.
  public static let maxMessages: UInt32 = 1 << 23
  /// The number of failed verifications before the context is given up: a tag has but 64 bits
  /// (draft-ietf-core-oscore-key-limits).
  public static let maxFailures: UInt32 = 1 << 20
  /// The most a message without class U options grows by: OSCORE option, marker, code, tag and two bytes of length.
  public static let maxOverheadBytes = 36

  /// The ID of this side: the kid of the requests that go out.
  public let senderID: ConnectionIdentifier
  /// The ID of the other side: the kid of the requests that come in.
  public let recipientID: ConnectionIdentifier
  /// Nil for contexts that come of EDHOC.
  public let idContext: IDContext?
  var senderKey: InlineArray<16, UInt8>
  var recipientKey: InlineArray<16, UInt8>
  var commonIV: InlineArray<13, UInt8>
  /// The number of the next message that needs one of its own.
  var senderSequenceNumber: UInt32
  var window: ReplayWindow
  var failures: UInt32

  /// Derives the keys.
  ///
  /// - Parameters:
  ///   - masterSecret: 1 to 64 bytes; 16 from EDHOC's exporter (RFC 9528 §A.1).
  ///   - masterSalt: at most 64 bytes; 8 from EDHOC's exporter.
  ///   - senderID, recipientID: unequal, or it throws `unsupported`: the same nonces would come of them. The device's
  ///     sender ID is C_R, the manager's C_I.
  public init<Crypto: Cryptography & ~Copyable>(
    masterSecret: Span<UInt8>, masterSalt: Span<UInt8>, senderID: ConnectionIdentifier,
    recipientID: ConnectionIdentifier, idContext: IDContext? = nil, with crypto: borrowing Crypto
  ) throws(CryptoError) {
    guard senderID != recipientID else { throw .unsupported }
    var senderKey = InlineArray<16, UInt8>(repeating: 0)
    var recipientKey = InlineArray<16, UInt8>(repeating: 0)
    var commonIV = InlineArray<13, UInt8>(repeating: 0)
    var secret = InlineArray<32, UInt8>(repeating: 0)
    defer {
      secret.erase()
      senderKey.erase()
      recipientKey.erase()
    }
    var span = secret.mutableSpan
    try HKDF.extract(salt: masterSalt, secret: masterSecret, into: &span, with: crypto)
    span = senderKey.mutableSpan
    try KeyDerivation(id: senderID, idContext: idContext, outputBytes: 16).expand(
      secret.span, into: &span, with: crypto)
    span = recipientKey.mutableSpan
    try KeyDerivation(id: recipientID, idContext: idContext, outputBytes: 16)
      .expand(secret.span, into: &span, with: crypto)
    span = commonIV.mutableSpan
    try KeyDerivation(id: nil, idContext: idContext, outputBytes: 13).expand(secret.span, into: &span, with: crypto)
    self.senderID = senderID
    self.recipientID = recipientID
    self.idContext = idContext
    self.senderKey = senderKey
    self.recipientKey = recipientKey
    self.commonIV = commonIV
    self.senderSequenceNumber = 0
    self.window = ReplayWindow()
    self.failures = 0
  }

  /// Whether a request with this option may be this context's; the tag decides.
  public func matches(_ option: OSCOREOption) -> Bool {
    guard option.kid == nil || option.kid == self.recipientID else { return false }
    return option.kidContext == nil || option.kidContext == self.idContext
  }

  /// Overwrites the keys: to be called before a context is given up. From then on everything throws `exhausted`.
  ///
  /// A `deinit` cannot do it: Swift gives it no way to write to `self`.
  public mutating func erase() {
    self.senderKey.erase()
    self.recipientKey.erase()
    self.commonIV.erase()
    self.senderSequenceNumber = Self.maxMessages
    self.failures = Self.maxFailures
  }
}

/// What binds an answer to its request (RFC 8613 §7.1). Kept by whoever waits for the answer, or owes it.
public struct RequestBinding: Equatable, Sendable {
  /// The request's number.
  public let partialIV: PartialIV
}

/// A request that was protected or unprotected in place.
public struct BoundRequest: Equatable, Sendable {
  /// The frame's new length in bytes, from the buffer's front.
  public let count: Int
  /// For its answer.
  public let binding: RequestBinding
}
