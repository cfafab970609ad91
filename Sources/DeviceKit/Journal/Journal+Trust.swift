import COSE
import Trust

// What is asked of the descriptor in force, which stands in flash.
extension Journal where Storage: ~Copyable {
  /// How many of the manager's EDHOC keys the device believes: 0 in factory state, else 1 or 2.
  var managerKeyCount: Int {
    mutating get { trust?.managerKeys.count ?? 0 }
  }

  /// Loads one of the manager's EDHOC keys.
  ///
  /// - Parameters:
  ///   - index: From 0; the key in force first.
  ///   - key: At least 64 bytes, which x and y are written to the front of.
  /// - Returns: Whether there is one.
  mutating func loadManagerKey(_ index: Int, into key: inout MutableSpan<UInt8>) throws(Rejection)
    -> Bool
  {
    guard index < managerKeyCount, let place = trust?.managerKeys[index] else { return false }
    try load(at: descriptorOffset &+ place.lowerBound, TrustLimits.keyBytes, into: &key)
    return true
  }

  /// Loads the pinned root's public key, 64 bytes.
  mutating func loadRoot(into key: inout MutableSpan<UInt8>) throws(Rejection) {
    try load(at: rootOffset, TrustLimits.keyBytes, into: &key)
  }

  /// Whether this is the name of the descriptor's network.
  mutating func isNetwork(_ name: Span<UInt8>) throws(Rejection) -> Bool {
    guard let place = trust?.network else { return false }
    return try descriptorHolds(name, at: place)
  }

  /// Whether a part of the descriptor is exactly these bytes.
  @inline(never)
  mutating func descriptorHolds(_ bytes: Span<UInt8>, at place: Range<Int>) throws(Rejection)
    -> Bool
  {
    guard bytes.count == place.count else { return false }
    return try holds(bytes, at: descriptorOffset &+ place.lowerBound)
  }

  /// Hashes what the root signed, from flash.
  ///
  /// - Parameter digest: Gets SHA-256 of the content of the descriptor in force; left alone in factory state.
  mutating func hashTrust<Crypto: Cryptography & ~Copyable>(
    with crypto: borrowing Crypto, into digest: inout InlineArray<32, UInt8>
  ) throws(Rejection) {
    guard let content = trust?.content else { return }
    var piece = InlineArray<32, UInt8>(repeating: 0)
    do throws(CryptoError) {
      var hash = try crypto.makeHash()
      var position = content.lowerBound
      while position < content.upperBound {
        let count = min(piece.count, content.upperBound - position)
        var span = piece.mutableSpan
        do throws(Rejection) {
          try load(at: descriptorOffset &+ position, count, into: &span)
        } catch {
          throw .storage
        }
        try hash.update(piece.span.extracting(0..<count))
        position += count
      }
      var span = digest.mutableSpan
      try hash.finish(into: &span)
    } catch {
      throw Rejection(error)
    }
  }
}
