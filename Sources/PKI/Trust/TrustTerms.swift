import COSE
public import Trust

/// What a trust descriptor says, as values: what `muster trust` writes and shows, and what a manager learns from its file.
///
/// Keys are 64 bytes: x and y of a P-256 point. Where there are two, the one in force stands first.
public struct TrustTerms: Equatable, Sendable {
  /// An anchor of device certificates: a name and a key, as RFC 5280 §6.1.1(d) asks for.
  public struct Anchor: Equatable, Sendable {
    /// The subject name in DER.
    public var name: [UInt8]
    /// The public key.
    public var publicKey: [UInt8]

    /// - Parameters:
    ///   - name: a DER Name, at most 128 bytes.
    ///   - publicKey: 64 bytes.
    public init(name: [UInt8], publicKey: [UInt8]) {
      self.name = name
      self.publicKey = publicKey
    }
  }

  /// The network's name.
  public var network: String
  /// Rises with each descriptor.
  public var epoch: UInt32
  /// The manager's EDHOC keys, one or two.
  public var managerKeys: [[UInt8]]
  /// The whitelist signers, none to two.
  public var signers: [[UInt8]]
  /// The anchors, one or two.
  public var anchors: [Anchor]

  /// Terms that are to be signed; signing checks them.
  public init(network: String, epoch: UInt32, managerKeys: [[UInt8]], signers: [[UInt8]], anchors: [Anchor]) {
    self.network = network
    self.epoch = epoch
    self.managerKeys = managerKeys
    self.signers = signers
    self.anchors = anchors
  }

  /// Reads a descriptor.
  ///
  /// - Parameters:
  ///   - descriptor: its bytes.
  ///   - root: the root's public key, 64 bytes, that must have signed it; nil to read it unverified, only to show it.
  /// - Throws: `TrustError`.
  public init(descriptor: [UInt8], root: [UInt8]?) throws(TrustError) {
    let places: TrustDescriptor
    if let root {
      var cryptography = HostCryptography()
      places = try TrustDescriptor(descriptor.span, root: root.span, with: &cryptography)
    } else {
      do { places = try TrustDescriptor(verified: descriptor.span) } catch { throw .refused(error) }
    }
    func keys(_ keys: TrustKeys) -> [[UInt8]] { (0..<keys.count).map { Array(descriptor[keys[$0]]) } }
    network = String(decoding: descriptor[places.network], as: UTF8.self)
    epoch = places.epoch
    managerKeys = keys(places.managerKeys)
    signers = keys(places.signers)
    anchors = [places.anchor, places.nextAnchor].compactMap(\.self).map {
      Anchor(name: Array(descriptor[$0.name]), publicKey: Array(descriptor[$0.publicKey]))
    }
  }

  /// Signs these terms as a descriptor.
  ///
  /// - Throws: `TrustError` with the refusal that devices would answer with.
  public func signed(by root: SigningKey) throws(TrustError) -> [UInt8] {
    guard let first = anchors.first, anchors.count <= TrustLimits.keysOfAKind else { throw .refused(.anchors) }
    guard managerKeys.allSatisfy({ $0.count == TrustLimits.keyBytes }) else { throw .refused(.managerKeys) }
    guard signers.allSatisfy({ $0.count == TrustLimits.keyBytes }) else { throw .refused(.signers) }
    var cryptography = HostCryptography()
    let id = KeyID(rawValue: 1)
    do { try cryptography.add(root, as: id) } catch { throw .cryptography(error) }
    var bytes = [UInt8](repeating: 0, count: TrustLimits.descriptorBytes)
    let name = Array(network.utf8)
    let managerKeys = managerKeys.flatMap(\.self)
    let signers = signers.flatMap(\.self)
    let second = anchors.count == 2 ? anchors[1] : first
    let anchor = TrustContent.Anchor(name: first.name.span, publicKey: first.publicKey.span)
    let next = TrustContent.Anchor(name: second.name.span, publicKey: second.publicKey.span)
    let content = TrustContent(
      network: name.span, epoch: epoch, managerKeys: managerKeys.span, signers: signers.span, anchor: anchor,
      nextAnchor: anchors.count == 2 ? next : nil)
    var buffer = bytes.mutableSpan
    let count = try content.sign(into: &buffer, root: id, with: &cryptography)
    return Array(bytes.prefix(count))
  }

  /// SHA-256 of what a descriptor's root signed: what devices report to say which descriptor they hold.
  ///
  /// - Throws: `TrustError` when the bytes are no descriptor; the signature is not looked at.
  public static func digest(of descriptor: [UInt8]) throws(TrustError) -> [UInt8] {
    do {
      return descriptor[try TrustDescriptor(verified: descriptor.span).content].sha256
    } catch {
      throw .refused(error)
    }
  }
}
