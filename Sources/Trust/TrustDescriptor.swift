import COSE

/// What a network's root says its devices may believe, in the bytes it came as (docs/spec/trust.md).
///
/// A COSE_Sign1 by the offline root key over the network's name, an epoch, the manager's EDHOC keys, the whitelist
/// signers and the trust anchors of device certificates. Whoever holds the root's public key checks it whole; nobody
/// else can say who succeeds whom.
///
/// The value knows places, not bytes: a device keeps the bytes in flash and this, some fifty bytes, in memory.
public struct TrustDescriptor: Equatable, Sendable {
  /// What is signed. Two descriptors are the same when these bytes are: an ECDSA signature can be made, and even
  /// changed, in many ways over one content.
  public internal(set) var content = 0..<0
  /// The network's name, UTF-8.
  public internal(set) var network = 0..<0
  /// Rises with every descriptor the root signs, from 1.
  public internal(set) var epoch: UInt32 = 0
  /// The manager's EDHOC keys, one or two.
  public internal(set) var managerKeys = TrustKeys(start: 0, count: 0)
  /// The keys that may sign whitelists, none to two.
  public internal(set) var signers = TrustKeys(start: 0, count: 0)
  /// The anchor in force.
  public internal(set) var anchor = TrustAnchorPlace(name: 0..<0, publicKey: 0..<0)
  /// The anchor to come.
  public internal(set) var nextAnchor: TrustAnchorPlace?

  /// Reads a descriptor and checks that the root signed it.
  ///
  /// The signature is checked first: what the root did not sign is not read.
  ///
  /// - Parameters:
  ///   - bytes: the descriptor, whole.
  ///   - root: the root's public key, 64 bytes, x and y.
  ///   - crypto: hashes and verifies.
  /// - Throws: the first thing that is wrong.
  public init<Crypto: Cryptography & ~Copyable>(
    _ bytes: Span<UInt8>, root: Span<UInt8>, with crypto: inout Crypto
  ) throws(TrustError) {
    try Self.verify(bytes, root: root, with: &crypto)
    do {
      try self.init(verified: bytes)
    } catch {
      throw .refused(error)
    }
  }

  /// Reads a descriptor whose signature was checked before it was stored, or one that is only to be shown.
  ///
  /// - Throws: why it is no descriptor, whoever signed it.
  public init(verified bytes: Span<UInt8>) throws(TrustRefusal) {
    let object = try Self.object(bytes)
    let start = bytes.count - TrustFormat.suffixBytes - object.payload.count
    self.content = start..<start + object.payload.count
    try self.read(object.payload, at: start)
  }

  /// The object, in the one form there is.
  ///
  /// Its unsigned parts have no room for anything: one content and one signature are one sequence of bytes.
  @_lifetime(copy bytes)
  private static func object(_ bytes: Span<UInt8>) throws(TrustRefusal) -> COSESign1 {
    guard bytes.count <= TrustLimits.descriptorBytes else { throw .tooLarge }
    let object: COSESign1
    do {
      object = try COSESign1(bytes)
    } catch {
      switch error {
      case .encoding, .notSign1: throw .malformed
      default: throw .form
      }
    }
    // With these lengths there is nothing but {1: -7}, {4: kid}, and no tag.
    let count = object.payload.count
    let head = count < 24 ? 1 : count < 256 ? 2 : 3
    guard object.protected.count == 3, object.keyIdentifier.count == KeyThumbprint.keyIdentifierBytes,
      bytes.count == TrustFormat.prefixBytes + head + count + TrustFormat.suffixBytes
    else { throw .form }
    return object
  }

  private static func verify<Crypto: Cryptography & ~Copyable>(
    _ bytes: Span<UInt8>, root: Span<UInt8>, with crypto: inout Crypto
  ) throws(TrustError) {
    let object: COSESign1
    do {
      object = try Self.object(bytes)
    } catch {
      throw .refused(error)
    }
    guard root.count == TrustLimits.keyBytes else { throw .refused(.rootKey) }
    var thumbprint = InlineArray<32, UInt8>(repeating: 0)
    do throws(CryptoError) {
      var span = thumbprint.mutableSpan
      try KeyThumbprint.compute(of: root, into: &span, with: crypto)
    } catch {
      throw .cryptography(error)
    }
    for index in 0..<KeyThumbprint.keyIdentifierBytes where object.keyIdentifier[index] != thumbprint[index] {
      throw .refused(.otherRoot)
    }
    var point = InlineArray<65, UInt8>(repeating: 4)
    for index in root.indices { point[1 + index] = root[index] }
    let context = TrustFormat.context
    do throws(COSEError) {
      try object.verify(publicKey: point.span, externalAAD: context.span, with: &crypto)
    } catch {
      switch error {
      case .cryptography(.badSignature): throw .refused(.signature)
      case .cryptography(.badPoint): throw .refused(.rootKey)
      case .cryptography(let error): throw .cryptography(error)
      default: throw .refused(.malformed)
      }
    }
  }
}
