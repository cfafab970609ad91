import Edge
import Foundation
import PKI
import X509

extension CADirectory {
  private static let anchorLifetime: TimeInterval = 20 * 365 * 86_400
  private static let issuingLifetime: TimeInterval = 10 * 365 * 86_400

  /// Makes the CA beside the directory and moves it there in one step.
  func initialize(name: String, now: Date) throws {
    try Self.check(name: name)
    try requireRoom()
    let files = FileManager.default
    let draft = CADirectory("\(path).\(randomBytes(4).hexadecimal).tmp")
    do {
      try files.createDirectory(
        atPath: draft.path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      try draft.fill(name: name, now: now)
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
  private static func check(name: String) throws(MockCAError) {
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
