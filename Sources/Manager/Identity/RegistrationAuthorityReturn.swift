import Foundation
import PKI

/// The way back for a manager whose registration authority's certificate the CA does not take any more: a new one-time code
/// in the folder, and with it a new key and certificate.
///
/// The new key has a file of its own until its certificate is in the database, so that a crash at any moment leaves either
/// the old pair or the new one.
struct RegistrationAuthorityReturn: Sendable {
  let configuration: ManagerConfiguration
  let ledger: Ledger
  let client: AuthorityClient

  private var folder: ManagerFolder { configuration.folder }

  /// Whether there is a one-time code to go it with.
  var isOpen: Bool { FileManager.default.fileExists(atPath: folder.authorityCode) }

  /// Gets a new key its certificate, and puts both in the place of the old ones.
  ///
  /// - Throws: as ``RegistrationAuthorityEnrolment/obtain(key:)``.
  func enrol() async throws -> (SigningKey, CertificateRecord) {
    let key = try KeyFile.readOrCreate(
      folder.nextRegistrationAuthorityKey, besides: folder.registrationAuthorityKey)
    let record = try await RegistrationAuthorityEnrolment(
      folder: folder, network: configuration.network, ledger: ledger, client: client
    ).obtain(key: key)
    try await finish()
    return (key, record)
  }

  /// Puts the new key into its place, if the certificate in force is for it. Also what is left to do after a crash.
  func finish() async throws {
    guard FileManager.default.fileExists(atPath: folder.nextRegistrationAuthorityKey) else { return }
    let key = try KeyFile.read(folder.nextRegistrationAuthorityKey)
    let record = try await ledger.store.activeCertificate(of: .manager(.registrationAuthority))
    guard record?.key == KeyDigest(sha256: key.publicKey.keyDigest) else { return }
    try KeyFile.replace(folder.registrationAuthorityKey, by: folder.nextRegistrationAuthorityKey)
  }
}
