import Edge
import Foundation
import GRDB
import PKI
import X509

/// Where a CA's keys are made: PKCS#11 URIs of keys in tokens, nil for files.
public struct CAKeyPlaces: Sendable, Equatable {
  /// The anchor's, which is seldom needed.
  public var anchor: String?
  /// The issuing CA's.
  public var issuing: String?
  /// The OCSP responder's.
  public var ocsp: String?

  /// All in files unless said otherwise.
  public init(anchor: String? = nil, issuing: String? = nil, ocsp: String? = nil) {
    self.anchor = anchor
    self.issuing = issuing
    self.ocsp = ocsp
  }
}

extension CADirectory {
  private static let anchorLifetime: TimeInterval = 20 * 365 * 86_400
  static let issuingLifetime: TimeInterval = 10 * 365 * 86_400

  /// Makes the CA beside the directory and moves it there in one step.
  func initialize(name: String, url: String, keys: CAKeyPlaces, now: Date) throws {
    try Self.check(name: name)
    let document = CASettings.document(url: url)
    let settings = try CASettings(yaml: document, file: "The URL \(url)")
    try requireRoom()
    let files = FileManager.default
    let draft = CADirectory("\(path).\(randomBytes(4).hexadecimal).tmp")
    do {
      try files.createDirectory(
        atPath: draft.path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      try draft.fill(name: name, settings: settings, keys: keys, now: now)
      try DurableFile.create(draft.settingsFile, bytes: Array(document.utf8))
      // rename replaces an empty directory and no other.
      guard rename(draft.path, path) == 0 else {
        throw MockCAError(.unreadable, "Cannot make the directory \(path): \(String(cString: strerror(errno))).")
      }
    } catch {
      try? files.removeItem(atPath: draft.path)
      guard let system = error as? CocoaError else { throw error }
      throw MockCAError(.unreadable, "Cannot make the directory \(path): \(system.localizedDescription)")
    }
  }

  /// The name stands in every certificate's issuer and is printed by whoever looks at one: no line may break in it, no cursor
  /// move, no text turn round.
  static func check(name: String) throws(MockCAError) {
    let scalars = name.unicodeScalars
    guard (1...24).contains(scalars.count), name.isShown, scalars.contains(where: { !$0.properties.isWhitespace })
    else {
      throw MockCAError(.argument, "A CA's name has 1 to 24 characters, all of them printable.")
    }
  }

  private func requireRoom() throws(MockCAError) {
    guard access(path, F_OK) == 0 else {
      guard errno != ENOENT else { return }
      throw MockCAError(.unreadable, "The directory \(path) cannot be read: \(String(cString: strerror(errno))).")
    }
    guard let contents = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      throw MockCAError(.unreadable, "\(path) is there and cannot be read as a directory.")
    }
    guard contents.isEmpty else {
      throw MockCAError(
        .alreadyInitialised, "The directory \(path) is not empty: a CA is never overwritten.",
        remedy: "Name a directory that does not exist yet.")
    }
  }

  private func fill(name: String, settings: CASettings, keys: CAKeyPlaces, now: Date) throws {
    // A tag of its own keeps two test CAs of the same name apart in a browser's or a person's list.
    let tag = randomBytes(3).hexadecimal
    let start = now - Authority.backdating
    let anchorKey = try Self.makeKey(anchorKeyFile, in: keys.anchor)
    let anchor = try AuthorityCertificate.anchor(
      name: DistinguishedName { CommonName("TEST \(name) root \(tag)") }, key: anchorKey, notBefore: start,
      lifetime: Self.anchorLifetime)
    let issuingKey = try Self.makeKey(issuingKeyFile, in: keys.issuing)
    let issuing = try AuthorityCertificate.issuing(
      name: DistinguishedName { CommonName("TEST \(name) \(tag)") }, publicKey: issuingKey.publicKey, anchor: anchor,
      anchorKey: anchorKey, notBefore: start, lifetime: Self.issuingLifetime, pointers: settings.pointers(of: 0))
    try DurableFile.create(anchorFile, bytes: Array(anchor.pem.utf8))
    try DurableFile.create(chainFile, bytes: Array(issuing.pem.utf8))
    _ = try Self.makeKey(ocspKeyFile, in: keys.ocsp)
    let database = try CADatabase(path: databaseFile)
    try database.pool.write { database in
      try database.addAuthority(issuing, number: 1, issuedAt: now)
      try CRLMaker(anchor: anchor).publish(key: anchorKey, in: database, now: now)
      let issuer = IssuingAuthority(
        number: 1, certificate: issuing, key: issuingKey, pointers: settings.pointers(of: 1))
      try CRLMaker(issuer, settings: settings, schedule: StatusSchedule()).publish(
        key: issuingKey, in: database, now: now)
    }
    try database.close()
  }

  /// Makes a key, in a token if one is named.
  static func makeKey(_ file: String, in uri: String?) throws -> SigningKey {
    if let uri { return try KeyFile.create(file, in: TokenURI(uri)) }
    return try KeyFile.create(file)
  }
}
