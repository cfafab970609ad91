import Foundation
import PKI
import X509

/// The files of one CA.
///
/// `ca.pem` is the anchor and `chain.pem` the issuing CA; both are public. `anchor.key` and `issuing.key` are secret, mode 0600.
/// `ca.sqlite` is all that was issued, `lock` is held by the running process.
struct CADirectory {
  let path: String

  init(_ path: String) { self.path = path }

  var anchorFile: String { path + "/ca.pem" }
  var chainFile: String { path + "/chain.pem" }
  var anchorKeyFile: String { path + "/anchor.key" }
  var issuingKeyFile: String { path + "/issuing.key" }
  var databaseFile: String { path + "/ca.sqlite" }
  var lockFile: String { path + "/lock" }

  /// Opens the database; the CA must have been initialised.
  func openDatabase() throws -> CADatabase {
    try requireInitialised()
    return try CADatabase(path: databaseFile)
  }

  /// Reads certificates and keys.
  func readAuthority() throws -> Authority {
    try requireInitialised()
    let anchors = try Certificate.readPEM(anchorFile)
    let issuers = try Certificate.readPEM(chainFile)
    let key = try KeyFile.read(issuingKeyFile)
    guard let anchor = anchors.first, let issuing = issuers.first, anchors.count == 1, issuers.count == 1,
      issuing.publicKey == Certificate.PublicKey(key.publicKey)
    else {
      throw MockCAError(.damaged, "The files \(anchorFile), \(chainFile) and \(issuingKeyFile) do not fit together.")
    }
    return Authority(anchor: anchor, issuing: issuing, key: key)
  }

  private func requireInitialised() throws {
    guard FileManager.default.fileExists(atPath: databaseFile) else {
      throw MockCAError(.notInitialised, "There is no CA in \(path): make one with 'muster ca init --dir \(path)'.")
    }
  }
}
