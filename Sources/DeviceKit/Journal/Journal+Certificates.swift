extension Journal where Storage: ~Copyable {
  /// Finds the certificates in a certs-only PKCS#7 in flash.
  ///
  /// - Returns: Where they stand in it, one after another.
  mutating func certificateList(at offset: Int, count: Int) throws(Rejection) -> Range<Int> {
    var prefix = InlineArray<48, UInt8>(repeating: 0)
    let prefixBytes = min(count, CertificateList.maxPrefixBytes)
    var span = prefix.mutableSpan
    try load(at: offset, prefixBytes, into: &span)
    let list: Range<Int>
    do {
      list = try CertificateList.certificates(prefix: prefix.span.extracting(0..<prefixBytes), total: count)
    } catch {
      throw Rejection(error)
    }
    // Two octets, and the end is already known to lie there.
    var end = prefix.mutableSpan
    try load(at: offset + list.upperBound, DERConstant.noSigners.count, into: &end)
    guard end[0] == DERConstant.noSigners[0], end[1] == DERConstant.noSigners[1] else {
      throw Rejection(.notCertificatesOnly)
    }
    return list
  }

  /// Loads the certificate that begins at an offset.
  ///
  /// - Parameter limit: Bytes there are from the offset on.
  /// - Returns: Its length.
  mutating func loadCertificate(at offset: Int, limit: Int, into scratch: inout MutableSpan<UInt8>) throws(Rejection)
    -> Int
  {
    let headerBytes = min(4, limit)
    try load(at: offset, headerBytes, into: &scratch)
    let bytes: Int
    do throws(CertificateRefusal) {
      var reader = DERReader(scratch.span.extracting(0..<headerBytes), from: 0, to: limit)
      bytes = reader.next(DERTag.sequence).upperBound
      try reader.finish()
    } catch {
      throw Rejection(error)
    }
    guard bytes <= min(Certificate.maxBytes, scratch.count) else { throw Rejection(.certificateTooLarge) }
    try load(at: offset, bytes, into: &scratch)
    return bytes
  }

  /// Reads bytes of the region into the front of a buffer.
  ///
  /// - Throws: 5.00 when the buffer is shorter: how long it is, the other end of the link has its say in.
  mutating func load(at offset: Int, _ count: Int, into buffer: inout MutableSpan<UInt8>) throws(Rejection) {
    guard count <= buffer.count else { throw Rejection(FlashError.outOfRange) }
    var part = buffer.first(count)
    do throws(FlashError) {
      try flash.read(at: offset, into: &part)
    } catch {
      throw Rejection(error)
    }
  }

  /// Whether the region holds these bytes at an offset.
  mutating func holds(_ bytes: Span<UInt8>, at offset: Int) throws(Rejection) -> Bool {
    do {
      return try flash.holds(bytes, at: offset)
    } catch {
      throw Rejection(error)
    }
  }
}
