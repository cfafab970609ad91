public import COSE

extension Whitelist {
  /// Reads a list and checks that one of the network's signers signed it.
  ///
  /// The signature is checked first: what none of them signed is not read.
  ///
  /// - Parameters:
  ///   - source: where the list stands.
  ///   - signers: the whitelist signers of the trust descriptor in force, 64 bytes each, one behind the other.
  ///   - capacity: what there is room for.
  ///   - crypto: hashes and verifies.
  /// - Throws: the first thing that is wrong.
  public init<Source: WhitelistSource & ~Copyable, Crypto: Cryptography & ~Copyable>(
    _ source: borrowing Source, signers: Span<UInt8>, capacity: WhitelistCapacity = WhitelistCapacity(),
    with crypto: inout Crypto
  ) throws(WhitelistError) {
    let frame = try ListFrame(source, capacity: capacity)
    try Self.verify(frame, source, signers, with: &crypto)
    try self.init(frame, source, capacity)
  }

  /// Reads a list whose signature was checked before it was stored, or one that is only to be shown.
  ///
  /// - Throws: why it is no list, whoever signed it; `unreadable`.
  public init<Source: WhitelistSource & ~Copyable>(
    verified source: borrowing Source, capacity: WhitelistCapacity = WhitelistCapacity()
  ) throws(WhitelistError) {
    try self.init(ListFrame(source, capacity: capacity), source, capacity)
  }

  private init<Source: WhitelistSource & ~Copyable>(
    _ frame: ListFrame, _ source: borrowing Source, _ capacity: WhitelistCapacity
  ) throws(WhitelistError) {
    self.init()
    self.content = frame.content
    try self.read(source, capacity)
  }

  /// SHA-256 of the content: what a receipt names, and what tells one list from another with the same number.
  ///
  /// - Parameter digest: exactly 32 bytes.
  public func digest<Source: WhitelistSource & ~Copyable, Crypto: Cryptography & ~Copyable>(
    of source: borrowing Source, into digest: inout MutableSpan<UInt8>, with crypto: borrowing Crypto
  ) throws(WhitelistError) {
    do throws(CryptoError) {
      var hash = try crypto.makeHash()
      guard try Self.add(self.content, of: source, to: &hash) else { throw .storage }
      try hash.finish(into: &digest)
    } catch {
      throw error == .storage ? .unreadable : .cryptography(error)
    }
  }

  private static func verify<Source: WhitelistSource & ~Copyable, Crypto: Cryptography & ~Copyable>(
    _ frame: ListFrame, _ source: borrowing Source, _ signers: Span<UInt8>, with crypto: inout Crypto
  ) throws(WhitelistError) {
    // Two keys with one identifier would be a wonder; both would be tried.
    var refusal = WhitelistRefusal.otherSigner
    var start = 0
    while signers.count - start >= WhitelistLimits.keyBytes {
      let signer = signers.extracting(start..<start + WhitelistLimits.keyBytes)
      start += WhitelistLimits.keyBytes
      do throws(CryptoError) {
        guard try Self.isNamed(signer, by: frame, with: crypto) else { continue }
        try Self.verify(frame, source, signer: signer, with: &crypto)
        return
      } catch {
        switch error {
        case .badSignature: refusal = .signature
        case .badPoint: refusal = .signerKey
        case .storage: throw .unreadable
        default: throw .cryptography(error)
        }
      }
    }
    throw .refused(refusal)
  }

  private static func isNamed<Crypto: Cryptography & ~Copyable>(
    _ signer: Span<UInt8>, by frame: ListFrame, with crypto: borrowing Crypto
  ) throws(CryptoError) -> Bool {
    var thumbprint = InlineArray<32, UInt8>(repeating: 0)
    var span = thumbprint.mutableSpan
    try KeyThumbprint.compute(of: signer, into: &span, with: crypto)
    for index in 0..<WhitelistFormat.kidBytes where thumbprint[index] != frame.keyIdentifier[index] { return false }
    return true
  }

  /// - Throws: `storage` when the source could not be read.
  private static func verify<Source: WhitelistSource & ~Copyable, Crypto: Cryptography & ~Copyable>(
    _ frame: ListFrame, _ source: borrowing Source, signer: Span<UInt8>, with crypto: inout Crypto
  ) throws(CryptoError) {
    let prefix = WhitelistFormat.start
    let context = WhitelistFormat.context
    var hash = try crypto.makeHash()
    try SigStructure.begin(
      &hash, protected: prefix.span.extracting(WhitelistFormat.protected), externalAAD: context.span,
      payloadBytes: frame.content.count)
    guard try Self.add(frame.content, of: source, to: &hash) else { throw .storage }
    var digest = InlineArray<32, UInt8>(repeating: 0)
    var span = digest.mutableSpan
    try hash.finish(into: &span)
    var signature = InlineArray<64, UInt8>(repeating: 0)
    do throws(WhitelistSourceFailure) {
      span = signature.mutableSpan
      try source.read(at: frame.content.upperBound + 2, into: &span)
    } catch {
      throw .storage
    }
    var point = InlineArray<65, UInt8>(repeating: 4)
    for index in signer.indices { point[1 + index] = signer[index] }
    try crypto.verify(signature.span, digest: digest.span, publicKey: point.span)
  }

  /// Adds a range of the list to a hash, block by block.
  ///
  /// - Returns: whether the source could be read.
  @inline(never)
  private static func add<Source: WhitelistSource & ~Copyable, Hash: SHA256Hash>(
    _ range: Range<Int>, of source: borrowing Source, to hash: inout Hash
  ) throws(CryptoError) -> Bool {
    var block = InlineArray<64, UInt8>(repeating: 0)
    var position = range.lowerBound
    while position < range.upperBound {
      let count = min(block.count, range.upperBound - position)
      do throws(WhitelistSourceFailure) {
        var span = block.mutableSpan
        var room = span._mutatingExtracting(0..<count)
        try source.read(at: position, into: &room)
      } catch {
        return false
      }
      try hash.update(block.span.extracting(0..<count))
      position += count
    }
    return true
  }
}
