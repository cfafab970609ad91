import Crypto
import PKI

/// A network: its trust root and descriptor, and its authorities: an anchor, and an issuing authority under it.
struct TestNetwork {
  let name = "Test network"
  let root = SigningKey()
  let managerKey = AgreementKey()
  let anchorKey = P256.Signing.PrivateKey()
  let issuingKey = P256.Signing.PrivateKey()
  /// What the descriptor in force says; a test may sign others with ``sign(_:)``.
  let terms: TrustTerms
  let descriptor: [UInt8]
  /// The anchor's certificate, which no device ever needs.
  let anchor: [UInt8]
  let issuing: [UInt8]

  /// The issuing authority's name, whole.
  let issuingName: [UInt8]

  init(_ change: (inout TrustTerms) -> Void = { _ in }) {
    let authority = CertificateForge(authority: "Test root", key: anchorKey.publicKey)
    anchor = authority.certificate(by: anchorKey)
    let intermediate = CertificateForge(
      authority: "Test issuing", key: issuingKey.publicKey, issuer: authority.subject, pathLength: 0)
    issuing = intermediate.certificate(by: anchorKey)
    issuingName = intermediate.subject
    var terms = TrustTerms(
      network: name, epoch: 3, managerKeys: [managerKey.coordinates], signers: [Self.key()],
      anchors: [TrustTerms.Anchor(name: authority.subject, publicKey: Array(anchorKey.publicKey.rawRepresentation))])
    change(&terms)
    self.terms = terms
    descriptor = (try? terms.signed(by: root)) ?? []
  }

  var rootPublicKey: [UInt8] { Array(root.publicKey.rawRepresentation) }

  /// The root's descriptor of these terms, changed.
  func sign(_ change: (inout TrustTerms) throws -> Void) rethrows -> [UInt8] {
    var terms = terms
    try change(&terms)
    return (try? terms.signed(by: root)) ?? []
  }

  /// A device's certificate that nothing is wrong with.
  func leaf(
    _ serialNumber: String, _ key: P256.Signing.PublicKey, _ change: (inout CertificateForge) -> Void = { _ in }
  ) -> [UInt8] {
    var forge = CertificateForge(device: serialNumber, key: key, issuer: issuingName)
    change(&forge)
    return forge.certificate(by: issuingKey)
  }

  /// A public key that nobody has the private half of.
  static func key() -> [UInt8] { Array(P256.Signing.PrivateKey().publicKey.rawRepresentation) }
}
