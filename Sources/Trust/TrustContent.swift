import COSE

/// What a root is about to sign: the fields of a descriptor, in the caller's bytes.
public struct TrustContent: ~Escapable {
  /// A trust anchor: subject name in DER, and x and y of its key.
  public struct Anchor: ~Escapable {
    let name: Span<UInt8>
    let publicKey: Span<UInt8>

    /// - Parameters:
    ///   - name: at most `TrustLimits.anchorNameBytes`.
    ///   - publicKey: 64 bytes.
    @_lifetime(copy name, copy publicKey)
    public init(name: Span<UInt8>, publicKey: Span<UInt8>) {
      self.name = name
      self.publicKey = publicKey
    }
  }

  private let network: Span<UInt8>
  private let epoch: UInt32
  private let managerKeys: Span<UInt8>
  private let signers: Span<UInt8>
  private let anchor: Anchor
  private let nextAnchor: Anchor?

  /// Nothing is checked here: signing reads what it has written as a device would.
  ///
  /// - Parameters:
  ///   - network: UTF-8, 1 to 64 bytes.
  ///   - epoch: 1 or more, one more than the last descriptor's.
  ///   - managerKeys: one or two keys of 64 bytes, one behind the other, the one in force first.
  ///   - signers: none, one or two keys likewise.
  @_lifetime(copy network, copy managerKeys, copy signers, copy anchor, copy nextAnchor)
  public init(
    network: Span<UInt8>, epoch: UInt32, managerKeys: Span<UInt8>, signers: Span<UInt8>, anchor: consuming Anchor,
    nextAnchor: consuming Anchor?
  ) {
    self.network = network
    self.epoch = epoch
    self.managerKeys = managerKeys
    self.signers = signers
    self.anchor = anchor
    self.nextAnchor = nextAnchor
  }

  /// Signs the content as a descriptor, at the front of a buffer.
  ///
  /// - Parameters:
  ///   - buffer: `TrustLimits.descriptorBytes` long.
  ///   - root: the root's key.
  ///   - crypto: hashes and signs.
  /// - Returns: the descriptor's length.
  /// - Throws: the refusal that a device would answer with, or why it could not be signed.
  public func sign<Crypto: Cryptography & ~Copyable>(
    into buffer: inout MutableSpan<UInt8>, root: KeyID, with crypto: inout Crypto
  ) throws(TrustError) -> Int {
    var point = InlineArray<65, UInt8>(repeating: 0)
    var thumbprint = InlineArray<32, UInt8>(repeating: 0)
    do throws(CryptoError) {
      var span = point.mutableSpan
      try crypto.publicKey(of: root, into: &span)
      span = thumbprint.mutableSpan
      try KeyThumbprint.compute(of: point.span.extracting(1..<65), into: &span, with: crypto)
    } catch {
      throw .cryptography(error)
    }
    let context = TrustFormat.context
    let count: Int
    do throws(COSEError) {
      count = try COSESign1.sign(
        into: &buffer, keyIdentifier: thumbprint.span.extracting(0..<KeyThumbprint.keyIdentifierBytes),
        externalAAD: context.span, key: root, with: &crypto
      ) { (room) throws(CBORError) in try self.write(into: &room) }
    } catch {
      switch error {
      case .cryptography(let error): throw .cryptography(error)
      case .encoding(.noSpace): throw .refused(.tooLarge)
      default: throw .refused(.malformed)
      }
    }
    do {
      _ = try TrustDescriptor(verified: buffer.span.extracting(0..<count))
    } catch {
      throw .refused(error)
    }
    return count
  }

  private func write(into buffer: inout MutableSpan<UInt8>) throws(CBORError) -> Int {
    var writer = CBORWriter(&buffer)
    writer.map(TrustFormat.fields)
    writer.uint32(TrustField.version)
    writer.uint32(TrustFormat.version)
    writer.uint32(TrustField.network)
    writer.text(utf8: self.network)
    writer.uint32(TrustField.epoch)
    writer.uint32(self.epoch)
    writer.uint32(TrustField.managerKeys)
    Self.write(self.managerKeys, to: &writer)
    writer.uint32(TrustField.signers)
    Self.write(self.signers, to: &writer)
    writer.uint32(TrustField.anchors)
    writer.array(self.nextAnchor == nil ? 1 : 2)
    Self.write(self.anchor, to: &writer)
    if let next = self.nextAnchor { Self.write(next, to: &writer) }
    return try writer.finish()
  }

  private static func write(_ keys: Span<UInt8>, to writer: inout CBORWriter) {
    let count = (keys.count + TrustLimits.keyBytes - 1) / TrustLimits.keyBytes
    writer.array(count)
    for index in 0..<count {
      let start = index * TrustLimits.keyBytes
      writer.bytes(keys.extracting(start..<min(start + TrustLimits.keyBytes, keys.count)))
    }
  }

  private static func write(_ anchor: borrowing Anchor, to writer: inout CBORWriter) {
    writer.array(2)
    writer.bytes(anchor.name)
    writer.bytes(anchor.publicKey)
  }
}
