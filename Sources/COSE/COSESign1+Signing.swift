extension COSESign1 {
  /// Builds and signs an object at the front of the buffer, untagged.
  ///
  /// The payload is written where it will stand, so that no second buffer is needed.
  ///
  /// - Parameters:
  ///   - buffer: the payload and at least 76 bytes more, and `keyIdentifier` if there is one.
  ///   - keyIdentifier: becomes the kid of the unprotected header; none when empty.
  ///   - externalAAD: what both sides know and is signed along without being sent; usually empty.
  ///   - key: the signing key.
  ///   - crypto: hashes and signs.
  ///   - payload: gets the room there is and returns how many bytes it wrote at its front.
  /// - Returns: the object's length in bytes.
  /// - Throws: `encoding` with `noSpace` or what `payload` threw, `cryptography`.
  public static func sign<Crypto: Cryptography & ~Copyable>(
    into buffer: inout MutableSpan<UInt8>, keyIdentifier: Span<UInt8> = Span(), externalAAD: Span<UInt8> = Span(),
    key: KeyID, with crypto: inout Crypto, payload: (inout MutableSpan<UInt8>) throws(CBORError) -> Int
  ) throws(COSEError) -> Int {
    let content: Range<Int>
    do throws(CBORError) {
      content = try Self.layOut(into: &buffer, keyIdentifier: keyIdentifier, payload: payload)
    } catch {
      throw .encoding(error)
    }
    do throws(CryptoError) {
      var digest = InlineArray<32, UInt8>(repeating: 0)
      var digestBytes = digest.mutableSpan
      try SigStructure.hash(
        protected: buffer.span.extracting(2..<5), externalAAD: externalAAD, payload: buffer.span.extracting(content),
        with: crypto, into: &digestBytes)
      let end = content.upperBound + 2 + ES256.signatureBytes
      var signature = buffer._mutatingExtracting(content.upperBound + 2..<end)
      try crypto.sign(digest: digestBytes.span, with: key, into: &signature)
      return end
    } catch {
      throw .cryptography(error)
    }
  }

  /// Writes everything but the signature's bytes.
  ///
  /// - Returns: where the payload stands; the signature's head is behind it and its bytes have room.
  private static func layOut(
    into buffer: inout MutableSpan<UInt8>, keyIdentifier: Span<UInt8>,
    payload: (inout MutableSpan<UInt8>) throws(CBORError) -> Int
  ) throws(CBORError) -> Range<Int> {
    let tail = 2 + ES256.signatureBytes
    let kidHead = keyIdentifier.isEmpty ? 0 : 2 + 9
    guard buffer.count >= 6 + kidHead + keyIdentifier.count + 1 + tail else { throw .noSpace }
    // [ << {1: -7} >>, {?4: kid}, payload, signature ]
    let start: InlineArray<6, UInt8> = [0x84, 0x43, 0xA1, 0x01, 0x26, keyIdentifier.isEmpty ? 0xA0 : 0xA1]
    for index in start.indices { buffer[index] = start[index] }
    var position = 6
    if !keyIdentifier.isEmpty {
      buffer[position] = 0x04
      position += 1
      position += CBORHead.write(.bytes, UInt64(widening: keyIdentifier.count), to: &buffer, at: position)
      for index in keyIdentifier.indices { buffer[position + index] = keyIdentifier[index] }
      position += keyIdentifier.count
    }
    guard buffer.count - position > tail else { throw .noSpace }
    // The payload's length is known only once it is written: it goes behind a head of one byte and is moved if the
    // head is longer.
    var room = buffer._mutatingExtracting(position + 1..<buffer.count - tail)
    let count = try payload(&room)
    let head = count < 24 ? 1 : count < 256 ? 2 : count < 65_536 ? 3 : 5
    guard count <= buffer.count - tail - position - head else { throw .noSpace }
    var index = head == 1 ? 0 : count
    while index > 0 {
      index -= 1
      buffer[position + head + index] = buffer[position + 1 + index]
    }
    _ = CBORHead.write(.bytes, UInt64(widening: count), to: &buffer, at: position)
    let content = position + head..<position + head + count
    _ = CBORHead.write(.bytes, UInt64(widening: ES256.signatureBytes), to: &buffer, at: content.upperBound)
    return content
  }
}
