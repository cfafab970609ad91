/// CoAP messages as RFC 8323 frames them for reliable transports, RFC 7252's codes and options, RFC 7959's block-wise
/// transfer.
///
/// The module follows the embedded rule: it holds no bytes of its own. A `Message` is a set of offsets into the frame
/// it was parsed from, a `MessageWriter` writes into the caller's buffer, and the block-wise machines only decide what
/// to store, send or refuse.
public enum CoAPLimits {
  /// The longest token, in bytes (RFC 7252 §3; the nibble's values 9 to 15 are reserved).
  public static let maxTokenBytes = 8

  /// What a peer may be sent before its CSM has said otherwise, in bytes (RFC 8323 §5.3.1).
  public static let defaultMaxMessageBytes = 1152
}
