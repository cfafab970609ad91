import Durability
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

  /// Reads certificates and keys.
  func readAuthority() throws -> Authority {
    try requireInitialised()
    let anchors = try Certificate.readPEM(anchorFile)
    let issuers = try Certificate.readPEM(chainFile)
    let key = try KeyFile.read(issuingKeyFile)
    guard let anchor = anchors.first, let issuing = issuers.first, anchors.count == 1, issuers.count == 1,
      issuing.publicKey == Certificate.PublicKey(key.publicKey)
    else {
      throw MockCAError(
        .damaged, "The files \(anchorFile), \(chainFile) and \(issuingKeyFile) do not fit together.",
        remedy: "Put them back from one and the same copy of the directory.")
    }
    return Authority(anchor: anchor, issuing: issuing, key: key)
  }

  /// 'Not there' and 'not readable' are told apart: who may not look must not be sent to make a second CA.
  private func requireInitialised() throws(MockCAError) {
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
