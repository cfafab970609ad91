public import X509

extension Certificate.SerialNumber {
  /// A serial number of 16 random bytes: positive, never shortened by DER, 126 random bits (RFC 5280 §4.1.2.2 allows up to 20
  /// bytes, the CA/Browser Forum wants at least 64 random bits).
  public static func random() -> Certificate.SerialNumber {
    var bytes = randomBytes(16)
    // 0x40...0x7F: neither negative nor with a leading zero, so every serial has the same length.
    bytes[0] = bytes[0] & 0x3F | 0x40
    return Certificate.SerialNumber(bytes: bytes)
  }

  /// The serial number in lower-case hexadecimal: how Muster writes it in tables, on the command line and in JSON.
  public var hexadecimal: String { bytes.hexadecimal }
}
