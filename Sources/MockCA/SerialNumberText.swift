import PKI

/// A serial number as people and programs write it.
enum SerialNumberText {
  /// Reads hexadecimal of either case, with or without colons, as OpenSSL, browsers and Muster print it.
  ///
  /// - Returns: the magnitude without leading zero octets.
  /// - Throws: ``MockCAError`` with code `argument` when it is none of RFC 5280's (1 to 20 octets, not 0).
  static func bytes(_ text: String) throws(MockCAError) -> [UInt8] {
    var digits = text.filter { $0 != ":" }
    if digits.count % 2 == 1 { digits = "0" + digits }
    guard let bytes = [UInt8](hexadecimal: digits) else { throw refusal }
    let magnitude = Array(bytes.drop { $0 == 0 })
    guard (1...20).contains(magnitude.count) else { throw refusal }
    return magnitude
  }

  private static var refusal: MockCAError {
    MockCAError(
      .argument, "A serial number is 1 to 20 bytes in hexadecimal, with or without colons.",
      remedy: "'muster ca list' lists all that were issued.")
  }
}
