import COSE

/// The context of EDHOC_KDF, in pieces that need not stand in memory in one (RFC 9528 §4.1.2):
/// << ? C_R, ID_CRED, TH, CRED, ? EAD >> for a MAC, the transcript hash alone or nothing for the rest.
struct KDFContext: ~Escapable {
  private let connection: Span<UInt8>
  private let identity: Span<UInt8>
  private let transcript: Span<UInt8>
  private let credential: Span<UInt8>
  private let ead: Span<UInt8>
  private let prefix: IdentityPrefix?

  /// A context that is a byte string's contents.
  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>) {
    let none = bytes.extracting(0..<0)
    self.connection = none
    self.identity = bytes
    self.transcript = none
    self.credential = none
    self.ead = none
    self.prefix = nil
  }

  /// A MAC's.
  ///
  /// - Parameters:
  ///   - connection: C_R's item for MAC 2, nothing for MAC 3.
  ///   - prefix, identity: ID_CRED, which is a map here whatever it is on the line.
  ///   - transcript: 32 bytes.
  @_lifetime(copy connection, copy identity, copy transcript, copy credential, copy ead)
  init(
    connection: Span<UInt8>, prefix: IdentityPrefix, identity: Span<UInt8>, transcript: Span<UInt8>,
    credential: Span<UInt8>, ead: Span<UInt8>
  ) {
    self.connection = connection
    self.prefix = prefix
    self.identity = identity
    self.transcript = transcript
    self.credential = credential
    self.ead = ead
  }

  var count: Int {
    guard let prefix else { return self.identity.count }
    return self.connection.count + prefix.count + self.identity.count + 2 + self.transcript.count
      + self.credential.count + self.ead.count
  }

  /// Adds the bytes to a running HMAC.
  @inline(never)
  func add<Hash: SHA256Hash>(to code: inout HMACSHA256<Hash>) throws(CryptoError) {
    if let prefix {
      try code.update(self.connection)
      try code.update(prefix.bytes.span.extracting(0..<prefix.count))
    }
    try code.update(self.identity)
    guard self.prefix != nil else { return }
    let head: InlineArray<2, UInt8> = [0x58, 0x20]
    try code.update(head.span)
    try code.update(self.transcript)
    try code.update(self.credential)
    try code.update(self.ead)
  }
}

/// What stands in front of a key identifier's or a credential's bytes in the map that ID_CRED is: {4: kid} or {14: CCS}.
struct IdentityPrefix {
  /// Of which `count` bytes count.
  let bytes: InlineArray<3, UInt8>
  /// 2 or 3.
  let count: Int

  /// {4: kid}, with a byte string of up to 23 bytes.
  init(keyIdentifierBytes: Int) {
    self.bytes = [0xA1, 0x04, 0x40 | UInt8(truncatingIfNeeded: keyIdentifierBytes)]
    self.count = 3
  }

  /// {14: CCS}
  static let value = IdentityPrefix()

  private init() {
    self.bytes = [0xA1, 0x0E, 0]
    self.count = 2
  }
}
