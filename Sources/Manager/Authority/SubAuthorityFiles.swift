import Foundation
import PKI
import X509

/// How a manager gets a sub-CA: what `muster manager sub-ca` does.
public struct SubAuthorityFiles: Sendable {
  /// The manager's configuration.
  public let configuration: ManagerConfiguration

  /// The files of this manager.
  public init(configuration: ManagerConfiguration) { self.configuration = configuration }

  /// The request for a sub-CA's certificate; its key is made if there is none.
  ///
  /// - Parameter keyURI: where in a PKCS#11 token the key is to be made; nil for a file.
  /// - Returns: PKCS#10 in PEM, for `muster ca delegate`.
  /// - Throws: ``ManagerError``: `alreadyExists` when a key is to be made in a token and there is one.
  public func request(keyIn keyURI: String? = nil) throws(ManagerError) -> String {
    let folder = configuration.folder
    do {
      try folder.create()
      let key =
        if let keyURI {
          try KeyFile.create(folder.subAuthorityKey, in: try TokenURI(keyURI))
        } else {
          try KeyFile.readOrCreate(folder.subAuthorityKey)
        }
      let subject = try Subject(organization: configuration.network, commonName: "\(configuration.network) sub-CA")
      return try CertificationRequest(subject: subject, key: key).pem
    } catch {
      throw Self.explain(error)
    }
  }

  /// Puts the sub-CA's certificate to where the manager finds it at its next start, once it is known to fit.
  ///
  /// - Parameters:
  ///   - file: PEM, as `muster ca delegate` wrote it.
  ///   - now: the time at which it must be valid.
  /// - Returns: when it ends.
  /// - Throws: ``ManagerError`` saying what does not fit.
  public func install(_ file: String, now: Date) throws(ManagerError) -> Date {
    let folder = configuration.folder
    do {
      let authority = try SubAuthority(
        key: try KeyFile.read(folder.subAuthorityKey), file: file,
        anchors: try Certificate.readPEM(configuration.authorityAnchor), nameSuffix: configuration.nameSuffix, now: now)
      try DurableFile.replace(folder.subAuthority, bytes: Array(try authority.certificate.pem.utf8))
      return authority.certificate.notValidAfter
    } catch {
      throw Self.explain(error)
    }
  }

  private static func explain(_ error: any Error) -> ManagerError {
    switch error {
    case let error as ManagerError: error
    case let error as PKIError: ManagerError(error)
    default: ManagerError(.configuration, "The sub-CA's certificate cannot be read: \(error).")
    }
  }
}
