import Foundation
import PKI
import SwiftASN1
import X509

/// The manager's own little CA for administrators: who may use the admin API, and whom the administrators trust.
///
/// It has nothing to do with the devices' CA. Its key never leaves the manager's folder.
struct AdminAuthority: Sendable {
  let anchor: Certificate
  private let key: SigningKey

  private static let year: TimeInterval = 365 * 86_400

  /// Reads the authority, or makes it with a first administrator's credentials: `ca.pem`, `admin.pem` and `admin.key` in
  /// the folder's `admin`. An administrator's certificate about to end is made anew for the same key.
  static func open(_ folder: ManagerFolder, network: String, now: Date) throws -> AdminAuthority {
    let authority = try readOrCreate(folder, network: network, now: now)
    let adminKey = try KeyFile.readOrCreate("\(folder.credentials)/admin.key")
    let file = "\(folder.credentials)/admin.pem"
    let known = FileManager.default.fileExists(atPath: file) ? try Certificate.readPEM(file).first : nil
    if known.map({ $0.notValidAfter < now + 0.1 * year || $0.publicKey != .init(adminKey.publicKey) }) ?? true {
      let certificate = try authority.issue(
        .administrator, subject: try Subject(organization: network, commonName: "admin"), names: SubjectNames([]),
        key: adminKey, now: now)
      try DurableFile.replace(file, bytes: Array(try certificate.pem.utf8))
    }
    return authority
  }

  /// A certificate for the admin API itself, with a key that lives as long as the process.
  func serverCredentials(names: [String], now: Date) throws -> (key: SigningKey, certificate: Certificate) {
    let key = SigningKey()
    let certificate = try issue(
      .adminServer, subject: try Subject(commonName: names.first ?? "localhost"), names: SubjectNames(names),
      key: key, now: now)
    return (key, certificate)
  }

  private static func readOrCreate(_ folder: ManagerFolder, network: String, now: Date) throws -> AdminAuthority {
    let key = try KeyFile.readOrCreate(folder.adminAuthorityKey)
    let file = "\(folder.credentials)/ca.pem"
    if FileManager.default.fileExists(atPath: file), let anchor = try Certificate.readPEM(file).first {
      return AdminAuthority(anchor: anchor, key: key)
    }
    let anchor = try selfSigned(key, network: network, now: now)
    try DurableFile.create(file, bytes: Array(try anchor.pem.utf8))
    return AdminAuthority(anchor: anchor, key: key)
  }

  private static func selfSigned(_ key: SigningKey, network: String, now: Date) throws -> Certificate {
    let name = try Subject(organization: network, commonName: "Muster administration").name
    return try Certificate(
      version: .v3, serialNumber: .random(), publicKey: .init(key.publicKey), notValidBefore: now - 300,
      notValidAfter: now + 10 * year, issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
      extensions: Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
        Critical(KeyUsage(keyCertSign: true))
        SubjectKeyIdentifier(sha256Of: key.publicKey)
      }, issuerPrivateKey: key.certificateKey)
  }

  private func issue(
    _ profile: CertificateProfile, subject: Subject, names: SubjectNames, key holder: SigningKey, now: Date
  ) throws -> Certificate {
    let request = try CertificationRequest(
      subject: subject, dnsNames: names.dnsNames, ipAddresses: names.ipAddresses, key: holder)
    return try CertificateTemplate(
      profile: profile, request: request, serialNumber: .random(), notBefore: now - 300, issuer: anchor, pointers: nil
    ).certificate(signedBy: key)
  }
}

extension CertificateProfile {
  /// An administrator: a TLS client for a year.
  fileprivate static let administrator = CertificateProfile(
    name: "administrator", usages: [.clientAuth], requiredSubject: [.commonName], optionalSubject: [.organization],
    lifetime: 365 * 86_400)

  /// The admin API's server. It is made at each start, so its end is out of sight rather than renewed.
  fileprivate static let adminServer = CertificateProfile(
    name: "admin-server", usages: [.serverAuth], requiredSubject: [.commonName], dnsNames: 0...8, ipAddresses: 0...8,
    leastNames: 1, lifetime: 5 * 365 * 86_400)
}
