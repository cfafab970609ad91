import Foundation
import PKI
import X509

/// The sub-CA that the CA delegated to this manager, with its key.
struct SubAuthority: Sendable {
  let key: SigningKey
  /// Directly under an anchor: a device has the anchor and reads two certificates.
  let certificate: Certificate

  /// Reads key and certificate from the folder, and refuses what could not certify this network's devices.
  ///
  /// - Throws: ``ManagerError``: `notFound` when either is missing, `configuration` when they do not fit each other, the anchor
  ///   or the names of the devices.
  init(_ configuration: ManagerConfiguration, anchors: [Certificate], now: Date) throws {
    let folder = configuration.folder
    for file in [folder.subAuthorityKey, folder.subAuthority]
    where !FileManager.default.fileExists(atPath: file) {
      throw ManagerError(
        .notFound, "The configuration has 'connector: local', and there is no \(file).",
        remedy: "See 'muster manager sub-ca request' and 'muster manager sub-ca install'.")
    }
    try self.init(
      key: KeyFile.read(folder.subAuthorityKey), file: folder.subAuthority, anchors: anchors,
      nameSuffix: configuration.nameSuffix, now: now)
  }

  /// - Parameter file: PEM, as the CA gave it.
  init(key: SigningKey, file: String, anchors: [Certificate], nameSuffix: String?, now: Date) throws {
    let certificates = try Certificate.readPEM(file)
    guard let certificate = certificates.first, certificates.count == 1 else {
      throw ManagerError(.configuration, "\(file) does not hold one certificate.")
    }
    func require(_ holds: Bool, _ sentence: String) throws(ManagerError) {
      guard holds else {
        throw ManagerError(
          .configuration, "\(file) cannot be this manager's sub-CA: \(sentence)",
          remedy: "Have the CA delegate one: 'muster ca delegate', for the request of 'muster manager sub-ca request'.")
      }
    }
    try require(certificate.publicKey == .init(key.publicKey), "it is for another key.")
    try require(
      anchors.contains {
        $0.subject == certificate.issuer && $0.publicKey.isValidSignature(certificate.signature, for: certificate)
      }, "the network's anchor did not sign it.")
    var isAuthority = false
    if case .isCertificateAuthority = try certificate.extensions.basicConstraints { isAuthority = true }
    try require(isAuthority, "it is no CA's.")
    try require(try certificate.extensions.keyUsage?.keyCertSign == true, "it may sign no certificates.")
    try require(certificate.notValidAfter > now, "it has ended.")
    if let constraints = try certificate.extensions.nameConstraints {
      let domains = constraints.permittedDNSDomains.joined(separator: ", ")
      try require(
        nameSuffix?.isHostName(under: Array(constraints.permittedDNSDomains)) == true,
        "its names are under \(domains), and 'nameSuffix' gives devices no name there.")
    }
    self.key = key
    self.certificate = certificate
  }
}
