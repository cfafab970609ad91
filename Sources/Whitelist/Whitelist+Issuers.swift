import COSE

extension Whitelist {
  /// A name's hash and a key's thumbprint, with the heads around them.
  private static var issuerBytes: Int { 1 + 2 * (2 + WhitelistLimits.hashBytes) }

  mutating func readIssuers<Source: WhitelistSource & ~Copyable>(
    _ cursor: inout ListCursor, _ source: borrowing Source, _ fault: inout WhitelistRefusal
  ) throws(ListFault) {
    fault = .issuers
    try cursor.expect(WhitelistField.issuers, source)
    let count = try cursor.count(of: .array, source)
    guard count <= WhitelistLimits.issuers else { throw .form }
    self.issuers = cursor.position
    self.issuerCount = UInt32(truncatingIfNeeded: count)
    for index in 0..<count {
      let start = cursor.position
      guard try cursor.count(of: .array, source) == 2 else { throw .form }
      for _ in 0..<2 { _ = try cursor.bytes(source, in: WhitelistLimits.hashBytes...WhitelistLimits.hashBytes) }
      guard index > 0 else { continue }
      // Ascending, so that none stands there twice.
      var previous = InlineArray<64, UInt8>(repeating: 0)
      var span = previous.mutableSpan
      try Self.readIssuer(at: start - Self.issuerBytes, source, into: &span)
      var current = InlineArray<64, UInt8>(repeating: 0)
      span = current.mutableSpan
      try Self.readIssuer(at: start, source, into: &span)
      guard Self.precedes(previous.span, current.span) else { throw .form }
    }
  }

  /// Which issuer of the table has this name and this key; nil when none has.
  ///
  /// - Parameters:
  ///   - name: SHA-256 of the name, 32 bytes.
  ///   - key: the key's thumbprint, 32 bytes.
  @inline(never)
  func issuer<Source: WhitelistSource & ~Copyable>(
    name: Span<UInt8>, key: Span<UInt8>, _ source: borrowing Source
  ) throws(ListFault) -> UInt32? {
    guard name.count == WhitelistLimits.hashBytes, key.count == WhitelistLimits.hashBytes else { return nil }
    for index in 0..<self.issuerCount {
      var issuer = InlineArray<64, UInt8>(repeating: 0)
      var span = issuer.mutableSpan
      try Self.readIssuer(at: self.issuers + Int(truncatingIfNeeded: index) * Self.issuerBytes, source, into: &span)
      var isSame = true
      for byte in 0..<WhitelistLimits.hashBytes {
        if issuer[byte] != name[byte] || issuer[WhitelistLimits.hashBytes + byte] != key[byte] { isSame = false }
      }
      if isSame { return index }
    }
    return nil
  }

  /// Reads both hashes of an issuer, one behind the other.
  private static func readIssuer<Source: WhitelistSource & ~Copyable>(
    at position: Int, _ source: borrowing Source, into bytes: inout MutableSpan<UInt8>
  ) throws(ListFault) {
    do throws(WhitelistSourceFailure) {
      var name = bytes._mutatingExtracting(0..<WhitelistLimits.hashBytes)
      try source.read(at: position + 3, into: &name)
      var key = bytes._mutatingExtracting(WhitelistLimits.hashBytes..<2 * WhitelistLimits.hashBytes)
      try source.read(at: position + 5 + WhitelistLimits.hashBytes, into: &key)
    } catch {
      throw .unreadable
    }
  }

  private static func precedes(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
    for index in left.indices where left[index] != right[index] { return left[index] < right[index] }
    return false
  }
}
