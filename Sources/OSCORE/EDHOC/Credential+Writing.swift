public import COSE

extension Credential {
  /// The length of a credential in Muster's own form: no subject, and the first 8 bytes of the thumbprint as kid.
  public static let writtenBytes = 89

  /// Writes a key's credential in Muster's own form. One key has one credential.
  ///
  /// - Parameter bytes: gets `writtenBytes` at its front.
  /// - Returns: `writtenBytes`.
  /// - Throws: `noSpace`, `cryptography`.
  @discardableResult
  public static func write<Crypto: Cryptography & ~Copyable>(
    _ key: RawPublicKey, into bytes: inout MutableSpan<UInt8>, with crypto: borrowing Crypto
  ) throws(EDHOCError) -> Int {
    guard bytes.count >= Self.writtenBytes else { throw .noSpace }
    var coordinates = InlineArray<64, UInt8>(repeating: 0)
    var room = coordinates.mutableSpan
    try key.copy(into: &room)
    var thumbprint = InlineArray<32, UInt8>(repeating: 0)
    var digest = thumbprint.mutableSpan
    do throws(CryptoError) {
      try KeyThumbprint.compute(of: coordinates.span, into: &digest, with: crypto)
    } catch {
      throw .cryptography(error)
    }
    // {8: {1: {1: 2, 2: kid,
    let head: InlineArray<9, UInt8> = [0xA1, 0x08, 0xA1, 0x01, 0xA5, 0x01, 0x02, 0x02, 0x48]
    for index in head.indices { bytes[index] = head[index] }
    for index in 0..<KeyIdentifier.bytes { bytes[9 + index] = thumbprint[index] }
    Self.writeCoordinates(of: key, into: &bytes, at: 17)
    return Self.writtenBytes
  }

  /// -1: 1, -2: x, -3: y}, in 72 bytes.
  @inline(never)
  private static func writeCoordinates(of key: RawPublicKey, into bytes: inout MutableSpan<UInt8>, at start: Int) {
    for index in 0..<5 { bytes[start + index] = Self.curveAndX[index] }
    for index in 0..<3 { bytes[start + 37 + index] = Self.y[index] }
    for index in 0..<32 {
      bytes[start + 5 + index] = key[index]
      bytes[start + 40 + index] = key[32 + index]
    }
  }
}
