extension Journal where Storage: ~Copyable {
  /// Finds the certificates in a certs-only PKCS#7 in flash.
  ///
  /// - Returns: Where they stand in it, one after another.
  func certificateList(at offset: Int, count: Int) throws(DeviceFault) -> Range<Int> {
    var prefix = InlineArray<48, UInt8>(repeating: 0)
    let prefixBytes = min(count, CertificateList.maxPrefixBytes)
    var span = prefix.mutableSpan
    try load(at: offset, prefixBytes, into: &span)
    let list: Range<Int>
    do {
      list = try CertificateList.certificates(prefix: prefix.span.extracting(0..<prefixBytes), total: count)
    } catch {
      throw .refused(error)
    }
    guard try holds(CertificateList.suffix.span, at: offset + list.upperBound) else {
      throw .refused(.notCertificatesOnly)
    }
    return list
  }

  /// Loads the certificate that begins at an offset.
  ///
  /// - Parameter limit: Bytes there are from the offset on.
  /// - Returns: Its length.
  func loadCertificate(at offset: Int, limit: Int, into scratch: inout MutableSpan<UInt8>) throws(DeviceFault) -> Int {
    let headerBytes = min(4, limit)
    try load(at: offset, headerBytes, into: &scratch)
    let bytes: Int
    do throws(CertificateRefusal) {
      var reader = DERReader(scratch.span.extracting(0..<headerBytes), 0..<limit)
      bytes = try reader.next(DERTag.sequence).upperBound
    } catch {
      throw .refused(error)
    }
    guard bytes <= min(Certificate.maxBytes, scratch.count) else { throw .refused(.certificateTooLarge) }
    try load(at: offset, bytes, into: &scratch)
    return bytes
  }

  /// Reads bytes of the region into the front of a buffer.
  func load(at offset: Int, _ count: Int, into buffer: inout MutableSpan<UInt8>) throws(DeviceFault) {
    var part = buffer.first(count)
    do throws(FlashError) {
      try flash.read(at: offset, into: &part)
    } catch {
      throw .flash(error)
    }
  }

  /// Whether the region holds these bytes at an offset.
  func holds(_ bytes: Span<UInt8>, at offset: Int) throws(DeviceFault) -> Bool {
    do {
      return try flash.holds(bytes, at: offset)
    } catch {
      throw .flash(error)
    }
  }
}
