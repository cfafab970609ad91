/// The subject name of an anchor, as far as a descriptor looks into it.
///
/// It is only ever compared with an issuer's name, byte by byte; that it is one DER element keeps what is behind it from
/// being taken for a part of it.
enum DERName {
  /// Whether bytes are one SEQUENCE (X.690 §10.1: its length in the shortest form), not empty and not too long.
  static func accepts(_ bytes: Span<UInt8>) -> Bool {
    guard 2...TrustLimits.anchorNameBytes ~= bytes.count, bytes[0] == 0x30 else { return false }
    if bytes[1] < 0x80 { return bytes[1] > 0 && Int(bytes[1]) == bytes.count - 2 }
    return bytes[1] == 0x81 && bytes.count > 130 && Int(bytes[2]) == bytes.count - 3
  }
}
