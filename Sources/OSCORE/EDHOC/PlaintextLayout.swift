import COSE

/// Where the fields of PLAINTEXT_2 or PLAINTEXT_3 stand (RFC 9528 §5.3.2, §5.4.2).
///
///     ( ? C_R, ID_CRED, Signature_or_MAC, ? EAD )
struct PlaintextLayout {
  /// Where C_R's item ends: 0 in PLAINTEXT_3, which has none.
  private(set) var connectionEnd = 0
  /// Where the key identifier's or the credential's own bytes begin and end.
  private(set) var identity = 0..<0
  /// Whether these are a credential's.
  private(set) var isByValue = false
  /// Where the EAD begins, behind the 8 bytes of the MAC; it ends with the plaintext.
  private(set) var eadStart = 0

  /// Where the MAC's bytes begin.
  var macStart: Int { self.eadStart - EDHOC.macBytes }

  /// For a machine that has none yet.
  init() {}

  /// Reads a plaintext strictly.
  ///
  /// - Parameter hasConnection: whether C_R stands in front.
  init(_ bytes: Span<UInt8>, hasConnection: Bool) throws(EDHOCError) {
    do throws(CBORError) {
      var reader = try CBORReader(bytes)
      if hasConnection { self.connectionEnd = try reader.encodedItem().count }
      let identityEnd = self.connectionEnd + (try reader.encodedItem().count)
      self.identity = self.connectionEnd..<identityEnd
      guard reader.kind == .bytes else { throw reader.isAtEnd ? .truncated : .wrongType }
      // A MAC of another length is a fault of its own, told apart below.
      self.eadStart = identityEnd + (try reader.encodedItem().count)
    } catch {
      throw EDHOCError(error)
    }
    guard self.eadStart - self.identity.upperBound == 1 + EDHOC.macBytes else { throw .macLength }
    try self.readIdentity(bytes.extracting(self.identity))
  }

  /// {4: kid} shortened to the kid, as RFC 9528 §3.5.3.2 wants it, or {14: CCS}.
  private mutating func readIdentity(_ item: Span<UInt8>) throws(EDHOCError) {
    let start = self.identity.lowerBound
    if item.count > 2 && item[0] == 0xA1 && item[1] == 0x0E {
      self.isByValue = true
      self.identity = start + 2..<self.identity.upperBound
      return
    }
    guard let contents = try CompactIdentifier.contents(of: item), contents.count <= KeyIdentifier.maxBytes else {
      throw .credentialIdentifier
    }
    self.identity = start + contents.lowerBound..<start + contents.upperBound
  }
}
