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
  /// The administrators' credentials; also what ``AdminClient`` takes.
  public var credentials: String { "\(path)/admin" }

  var registrationAuthorityKey: String { "\(path)/keys/ra.key" }
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

extension ManagerError {
  /// What went wrong with a file of the PKI.
  init(_ error: PKIError) {
    self.init(error.code == .fileExists ? .alreadyExists : .unreadableFile, error.reason)
  }
}
