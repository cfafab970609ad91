import Crypto
import PKI

/// A network's owner: the trust root, and what it has signed.
struct Ownership: Sendable {
  static let network = "attacked"
  let root: [UInt8]
  let descriptor: [UInt8]

  /// - Parameters:
  ///   - manager: x and y of the manager's EDHOC key.
  ///   - authority: whose certificates the devices take.
  init(manager: [UInt8], authority: Authority) throws {
    let key = SigningKey()
    root = Array(key.publicKey.rawRepresentation)
    descriptor = try TrustTerms(
      network: Self.network, epoch: 1, managerKeys: [manager], signers: [],
      anchors: [TrustTerms.Anchor(authority.anchor)]
    ).signed(by: key)
  }
}
