/// EDHOC (RFC 9528) as Muster speaks it: method 3 (static Diffie-Hellman both ways) and cipher suite 2 (P-256, SHA-256,
/// AES-CCM-16-64-128, MACs of 8 bytes). What of the standard is used is in docs/spec/edhoc.md.
public enum EDHOC {
  /// Both sides prove themselves by a static Diffie-Hellman key (RFC 9528 §3.2).
  public static let method: UInt32 = 3
  /// The one cipher suite (RFC 9528 §10.2).
  public static let cipherSuite: UInt32 = 2
  /// Most bytes of EAD in one message, and of a plaintext: enough for a credential by value with 70 bytes beside it.
  public static let maxPlaintextBytes = 160
  /// The longest message taken or made: message 1 with its EAD.
  public static let maxMessageBytes = 224
  /// How many cipher suites a message 1 or an error may list; the IANA registry has nine.
  public static let maxSuites = 12
  /// An ephemeral public key on the line: its x, in bytes.
  public static let coordinateBytes = 32
  /// Signature_or_MAC with static Diffie-Hellman keys, in bytes.
  public static let macBytes = 8
  /// The tag of AES-CCM-16-64-128, in bytes.
  static let tagBytes = 8
  /// The OSCORE master secret (RFC 9528 §A.1), in bytes.
  public static let masterSecretBytes = 16
  /// The OSCORE master salt (RFC 9528 §A.1), in bytes.
  public static let masterSaltBytes = 8
}

/// How one's own credential is told to the peer.
public enum CredentialTransfer: Equatable, Sendable {
  /// By its key identifier: the peer has the credential.
  case keyIdentifier
  /// Whole.
  case value
}

/// The labels of EDHOC_KDF (RFC 9528 §4.1.2, table 6).
enum KDFLabel: UInt8 {
  case keystream2 = 0
  case salt3e2m = 1
  case mac2 = 2
  case key3 = 3
  case nonce3 = 4
  case salt4e3m = 5
  case mac3 = 6
  case out = 7
  case key4 = 8
  case nonce4 = 9
  case exporter = 10
}
