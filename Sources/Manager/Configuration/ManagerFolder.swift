import Durability
import Foundation
import PKI

/// Where the manager's files are, all in one folder that nobody else may enter.
public struct ManagerFolder: Sendable {
  /// The folder's path.
  public let path: String

  /// The folder at `path`, which need not exist.
  public init(_ path: String) { self.path = path }

  /// The configuration.
  public var configuration: String { "\(path)/manager.yaml" }
  /// The CA's anchor, as given to `muster manager init`.
  public var authorityAnchor: String { "\(path)/ca-anchor.pem" }
  /// The one-time code for the CA, until it has been used.
  public var authorityCode: String { "\(path)/ca-code" }
  /// The database.
  public var database: String { "\(path)/manager.sqlite" }
  /// How far the audit trail goes, signed: see ``AuditCheckpoint``.
  public var auditCheckpoint: String { "\(path)/audit-checkpoint.json" }
  /// The administrators' credentials; also what ``AdminClient`` takes.
  public var credentials: String { "\(path)/admin" }

  /// The public half of the key for sessions with devices: what the owner's trust root signs, see `muster trust sign`.
  public var sessionPublicKey: String { "\(path)/edhoc.pub" }

  /// The certificate of the sub-CA that the CA delegated to the manager.
  public var subAuthority: String { "\(path)/sub-ca.pem" }

  /// Held by the manager that runs.
  var lockFile: String { "\(path)/lock" }
  var subAuthorityKey: String { "\(path)/keys/sub-ca.key" }
  var sessionKey: String { "\(path)/keys/edhoc.key" }
  var registrationAuthorityKey: String { "\(path)/keys/ra.key" }
  var nextRegistrationAuthorityKey: String { "\(path)/keys/ra-next.key" }
  var nextSessionKey: String { "\(path)/keys/edhoc-next.key" }
  var serverKey: String { "\(path)/keys/server.key" }
  var adminAuthorityKey: String { "\(path)/keys/admin-ca.key" }

  /// Makes the folders that are missing, mode 0700.
  func create() throws(ManagerError) {
    for folder in [path, "\(path)/keys", credentials] {
      do {
        try FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      } catch {
        throw ManagerError(
          .unreadableFile, "The folder \(folder) cannot be made: \(error.localizedDescription).",
          remedy: "Give a folder that may be written, with --dir.")
      }
    }
  }
}

extension ManagerFolder {
  /// Holds the folder for this process: two managers on one database would call every device twice, and what changes keys must
  /// not do it under a running one.
  ///
  /// - Throws: ``ManagerError``: `conflict` when another process has the folder, `unreadableFile` when it cannot be locked.
  func lock() throws(ManagerError) -> FileLock {
    do {
      return try FileLock(lockFile)
    } catch {
      switch error {
      case .held:
        throw ManagerError(
          .conflict, "Another manager is running on \(path).", remedy: "End it first, or give another folder.")
      case .unavailable(let why): throw ManagerError(.unreadableFile, "\(lockFile) cannot be opened: \(why).")
      }
    }
  }
}

extension ManagerFolder {
  /// Puts a one-time code for the CA where the manager looks for it, readable for its owner only.
  ///
  /// - Parameter code: as `muster ca code` printed it.
  /// - Throws: ``ManagerError``: `invalid` when it cannot be a code, `notFound` when there is no manager in the folder,
  ///   `cannotWrite`.
  public func giveAuthorityCode(_ code: String) throws(ManagerError) {
    guard let code = OneTimeCode(code.trimmingCharacters(in: .whitespacesAndNewlines)) else { throw .noCode }
    guard FileManager.default.fileExists(atPath: configuration) else {
      throw ManagerError(
        .notFound, "There is no manager in \(path).", remedy: "Make one with 'muster manager init --dir \(path)'.")
    }
    do {
      try DurableFile.replace(authorityCode, bytes: Array(code.text.utf8), mode: 0o600)
    } catch {
      throw ManagerError(.cannotWrite, "\(authorityCode) cannot be written.", remedy: "Run as the manager's own user.")
    }
  }

  /// Opens every key file that is there, so that one that is no key, or that others can read, is said at the start and not
  /// each time it is needed.
  ///
  /// - Throws: ``PKIError``, as ``KeyFile/read(_:)``.
  func checkKeys() throws {
    let keys = [
      registrationAuthorityKey, nextRegistrationAuthorityKey, serverKey, adminAuthorityKey, sessionKey, nextSessionKey,
      subAuthorityKey,
    ]
    for path in keys + ["\(credentials)/admin.key"]
    where FileManager.default.fileExists(atPath: path) {
      _ = try KeyFile.read(path)
    }
  }
}

extension ManagerError {
  /// Something in a one-time code's place that is none.
  static let noCode = ManagerError(
    .invalid, "The one-time code is not one: it has 32 letters and digits.", remedy: "Get one with 'muster ca code'.")

  /// What went wrong with a file of the PKI.
  init(_ error: PKIError) {
    let code: Code =
      switch error.code {
      case .fileExists: .alreadyExists
      case .keyFilePermissions, .tokenModule, .tokenPIN, .tokenKey, .tokenKeyExtractable: .configuration
      case .tokenGone: .unreachable
      case .file, .format: .unreadableFile
      case .conflict: .conflict
      }
    self.init(code, error.reason)
  }
}
