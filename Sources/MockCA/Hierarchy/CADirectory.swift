import Durability
import Foundation
import GRDB
import PKI
import X509

/// The files of one CA.
///
/// `ca.pem` is the anchor and `chain.pem` the first issuing CA; both are public. `anchor.key`, `issuing.key` and `ocsp.key` are
/// secret, mode 0600; who keeps the anchor's key elsewhere moves it away. `ca.yaml` says what is issued, `ca.sqlite` is all
/// that was issued, `issuing-N.pem` and
/// `issuing-N.key` are issuing CAs that were added, `lock` is held by the running process.
struct CADirectory: Sendable {
  let path: String

  init(_ path: String) { self.path = path }

  var anchorFile: String { path + "/ca.pem" }
  var chainFile: String { path + "/chain.pem" }
  var anchorKeyFile: String { path + "/anchor.key" }
  var issuingKeyFile: String { path + "/issuing.key" }
  var ocspKeyFile: String { path + "/ocsp.key" }
  var settingsFile: String { path + "/ca.yaml" }
  var databaseFile: String { path + "/ca.sqlite" }
  var lockFile: String { path + "/lock" }

  /// Opens the database; the CA must have been initialised.
  func openDatabase() throws -> CADatabase {
    try requireInitialised()
    let database = try CADatabase(path: databaseFile)
    do {
      try recordIssuers(in: database)
      return database
    } catch {
      try? database.close()
      throw error
    }
  }

  /// Issuing CAs that a version before made, or that were made when the power failed, are on record from now on.
  private func recordIssuers(in database: CADatabase) throws {
    let known = try database.pool.read { try $0.knownIssuers() }
    for number in try issuerNumbers() where !known.contains(number) {
      guard let certificate = try Certificate.readPEM(certificateFile(ofIssuer: number)).first else { continue }
      try database.pool.write {
        try $0.addAuthority(certificate, number: number, issuedAt: certificate.notValidBefore + Authority.backdating)
      }
    }
  }

  /// Holds the directory for this process.
  ///
  /// - Throws: ``MockCAError`` with code `inUse` when another process holds it.
  func lock() throws(MockCAError) -> FileLock {
    do {
      return try FileLock(lockFile)
    } catch {
      switch error {
      case .held: throw MockCAError(.inUse, "Another process runs the CA in \(path).", remedy: "Stop it first.")
      case .unavailable(let why): throw MockCAError(.unreadable, "Cannot open the file \(lockFile): \(why).")
      }
    }
  }

  /// Reads settings, certificates and keys.
  func readAuthority() throws -> Authority {
    try requireInitialised()
    let settings = try readSettings()
    let anchors = try Certificate.readPEM(anchorFile)
    guard let anchor = anchors.first, anchors.count == 1 else { throw damaged([anchorFile]) }
    let issuers = try issuerNumbers().map { try readIssuer($0, settings: settings) }
    let named = [settings.issuer] + settings.profiles.values.map(\.issuer)
    if let missing = named.first(where: { number in !issuers.contains { $0.number == number } }) {
      throw MockCAError(
        .settings, "\(settingsFile) names the issuing CA \(missing), which there is not.",
        remedy: "'muster ca issuer add' makes one, 'muster ca issuer list' lists them.")
    }
    guard let primary = issuers.first(where: { $0.number == settings.issuer }) else { throw damaged([settingsFile]) }
    return try Authority(anchor: anchor, issuers: issuers, settings: settings, primary: primary)
  }

  /// The issuing CAs' numbers: 1 and those that were added.
  func issuerNumbers() throws -> [Int] { [1] + (try numbers(ofFilesEndingIn: ".pem")) }

  /// The numbers of issuing CAs' keys, also of one whose certificate was never made.
  func issuerKeyNumbers() throws -> [Int] { [1] + (try numbers(ofFilesEndingIn: ".key")) }

  private func numbers(ofFilesEndingIn end: String) throws -> [Int] {
    let names = try FileManager.default.contentsOfDirectory(atPath: path)
    let added = names.compactMap { name -> Int? in
      guard name.hasPrefix("issuing-"), name.hasSuffix(end) else { return nil }
      return Int(name.dropFirst(8).dropLast(4))
    }
    return added.filter { $0 > 1 }.sorted()
  }

  /// The files of an issuing CA.
  func certificateFile(ofIssuer number: Int) -> String { number == 1 ? chainFile : "\(path)/issuing-\(number).pem" }
  func keyFile(ofIssuer number: Int) -> String { number == 1 ? issuingKeyFile : "\(path)/issuing-\(number).key" }

  /// What the CA issues. A directory made before there was such a file gets it.
  func readSettings() throws -> CASettings {
    try requireInitialised()
    if access(settingsFile, F_OK) != 0 {
      let document = CASettings.document(url: CASettings.defaultURL)
      try DurableFile.create(settingsFile, bytes: Array(document.utf8))
    }
    return try CASettings(yaml: DurableFile.readText(settingsFile), file: settingsFile)
  }

  /// Reads the key that signs OCSP answers; a directory made before there was one gets it.
  func readOCSPKey() throws -> SigningKey { try KeyFile.readOrCreate(ocspKeyFile) }

  /// Reads the anchor's key where it is at hand.
  @Sendable func anchorKey() -> SigningKey? { try? KeyFile.read(anchorKeyFile) }

  private func readIssuer(_ number: Int, settings: CASettings) throws -> IssuingAuthority {
    let (certificateFile, keyFile) = (certificateFile(ofIssuer: number), keyFile(ofIssuer: number))
    let certificates = try Certificate.readPEM(certificateFile)
    let key = try KeyFile.read(keyFile)
    guard let certificate = certificates.first, certificates.count == 1,
      certificate.publicKey == Certificate.PublicKey(key.publicKey)
    else { throw damaged([anchorFile, certificateFile, keyFile]) }
    return IssuingAuthority(
      number: number, certificate: certificate, key: key, pointers: settings.pointers(of: number))
  }

  func damaged(_ files: [String]) -> MockCAError {
    MockCAError(
      .damaged, "The files \(files.joined(separator: ", ")) do not fit together.",
      remedy: "Put them back from one and the same copy of the directory.")
  }

  /// 'Not there' and 'not readable' are told apart: who may not look must not be sent to make a second CA.
  func requireInitialised() throws(MockCAError) {
    guard access(databaseFile, R_OK | W_OK) != 0 else { return }
    let failure = errno
    guard failure != ENOENT, failure != ENOTDIR else {
      throw MockCAError(
        .notInitialised, "There is no CA in \(path).", remedy: "Make one with 'muster ca init --dir \(path)'.")
    }
    throw MockCAError(
      .unreadable, "The CA in \(path) cannot be read and written: \(String(cString: strerror(failure))).",
      remedy: "Run this as the user who owns that directory.")
  }
}
