import Foundation
import PKI
import X509

extension CADirectory {
  private static let anchorLifetime: TimeInterval = 20 * 365 * 86_400
  private static let issuingLifetime: TimeInterval = 10 * 365 * 86_400

  /// Makes the CA beside the directory and moves it there in one step.
  func initialize(name: String, now: Date) throws {
    guard (1...24).contains(name.unicodeScalars.count) else {
      throw MockCAError(.argument, "A CA's name has 1 to 24 characters.")
    }
    let files = FileManager.default
    if let contents = try? files.contentsOfDirectory(atPath: path), !contents.isEmpty {
      throw MockCAError(.alreadyInitialised, "The directory \(path) is not empty: a CA is never overwritten.")
    }
    let draft = CADirectory("\(path).\(randomBytes(4).hexadecimal).tmp")
    do {
      try files.createDirectory(
        atPath: draft.path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      try draft.fill(name: name, now: now)
      // rename replaces an empty directory and no other.
      guard rename(draft.path, path) == 0 else {
        throw MockCAError(.damaged, "Cannot make the directory \(path): \(String(cString: strerror(errno))).")
      }
    } catch {
      try? files.removeItem(atPath: draft.path)
      throw error
    }
  }

  private func fill(name: String, now: Date) throws {
    // A tag of its own keeps two test CAs of the same name apart in a browser's or a person's list.
    let tag = randomBytes(3).hexadecimal
    let start = now - Authority.backdating
    let anchorKey = try KeyFile.create(anchorKeyFile)
    let anchor = try AuthorityCertificate.anchor(
      name: DistinguishedName { CommonName("TEST \(name) root \(tag)") }, key: anchorKey, notBefore: start,
      lifetime: Self.anchorLifetime)
    let issuingKey = try KeyFile.create(issuingKeyFile)
    let issuing = try AuthorityCertificate.issuing(
      name: DistinguishedName { CommonName("TEST \(name) \(tag)") }, publicKey: issuingKey.publicKey, anchor: anchor,
      anchorKey: anchorKey, notBefore: start, lifetime: Self.issuingLifetime)
    try DurableFile.create(anchorFile, bytes: Array(anchor.pem.utf8))
    try DurableFile.create(chainFile, bytes: Array(issuing.pem.utf8))
    try CADatabase(path: databaseFile).close()
  }
}
