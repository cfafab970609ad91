import Crypto

/// A network's authorities: an anchor, and an issuing authority under it.
struct TestNetwork {
  let name = "Test network"
  let anchorKey = P256.Signing.PrivateKey()
  let issuingKey = P256.Signing.PrivateKey()
  let anchor: [UInt8]
  let issuing: [UInt8]

  /// The issuing authority's name, whole.
  let issuingName: [UInt8]

  init() {
    let root = CertificateForge(authority: "Test root", key: anchorKey.publicKey)
    anchor = root.certificate(by: anchorKey)
    let intermediate = CertificateForge(
      authority: "Test issuing", key: issuingKey.publicKey, issuer: root.subject, pathLength: 0)
    issuing = intermediate.certificate(by: anchorKey)
    issuingName = intermediate.subject
  }

  /// A device's certificate that nothing is wrong with.
  func leaf(
    _ serialNumber: String, _ key: P256.Signing.PublicKey, _ change: (inout CertificateForge) -> Void = { _ in }
  ) -> [UInt8] {
    var forge = CertificateForge(device: serialNumber, key: key, issuer: issuingName)
    change(&forge)
    return forge.certificate(by: issuingKey)
  }
}
