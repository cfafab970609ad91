/// The subject name of an anchor, as far as a descriptor looks into it.
///
/// It is only ever compared with an issuer's name, byte by byte; that it is one DER element keeps what is behind it from
/// being taken for a part of it.
enum DERName {
  /// Whether bytes are one SEQUENCE, not empty and not too long. Within the limit DER has one form of a length, one byte
  /// (X.690 §10.1).
  static func accepts(_ bytes: Span<UInt8>) -> Bool {
    guard 3...TrustLimits.anchorNameBytes ~= bytes.count else { return false }
    return bytes[0] == 0x30 && Int(bytes[1]) == bytes.count - 2
  }
}
