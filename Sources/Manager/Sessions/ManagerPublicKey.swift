import Foundation
import PKI

/// One of the manager's EDHOC public keys, as its network's root needs it for a trust descriptor.
public struct ManagerPublicKey: Codable, Sendable, Equatable {
  /// `current`, or `next` for the one that lies ready.
  public var role: String
  /// RFC 9679, SHA-256, in hexadecimal.
  public var thumbprint: String
  /// SubjectPublicKeyInfo in PEM.
  public var pem: String

  init(role: String, key: AgreementKey) {
    self.role = role
    thumbprint = DeviceKey(key.coordinates)?.thumbprint.text ?? ""
    pem = (try? PublicKeyFile.pem(key.coordinates)) ?? ""
  }
}

extension ManagerFolder {
  /// The manager's EDHOC public keys, the one in use first. The key in use is made if there is none.
  ///
  /// A manager may run in the folder meanwhile: files are made whole and never overwritten.
  ///
  /// - Parameter makingNext: makes the next key if there is none.
  /// - Throws: ``ManagerError``.
  public func publicKeys(makingNext: Bool = false) throws(ManagerError) -> [ManagerPublicKey] {
    guard FileManager.default.fileExists(atPath: configuration) else {
      throw ManagerError(
        .notFound, "There is no manager in \(path).", remedy: "Make one with 'muster manager init --dir \(path)'.")
    }
    do {
      try create()
      if makingNext { _ = try KeyFile.readOrCreateAgreementKey(nextSessionKey) }
      let keys = try ManagerKeys.open(self)
      return [ManagerPublicKey(role: "current", key: keys.current)]
        + (keys.next.map { [ManagerPublicKey(role: "next", key: $0)] } ?? [])
    } catch let error as PKIError {
      throw ManagerError(error)
    } catch let error as ManagerError {
      throw error
    } catch {
      throw ManagerError(.unreadableFile, "The manager's keys cannot be read.")
    }
  }

  /// Puts the next EDHOC key in the place of the one in use, which is destroyed.
  ///
  /// To be done when every device has a descriptor that names it.
  ///
  /// - Throws: ``ManagerError``: `conflict` while a manager runs in the folder, `notFound` when there is no next key,
  ///   `cannotWrite`.
  public func rotateKeys() throws(ManagerError) {
    guard FileManager.default.fileExists(atPath: nextSessionKey) else {
      throw ManagerError(
        .notFound, "There is no next key in \(path).", remedy: "Make it with 'muster manager keys --make-next'.")
    }
    let lock = try lock()
    defer { withExtendedLifetime(lock) {} }
    do {
      try DurableFile.move(nextSessionKey, to: sessionKey)
    } catch {
      throw ManagerError(.cannotWrite, "\(sessionKey) cannot be replaced.", remedy: "Run as the manager's own user.")
    }
    _ = try publicKeys()
  }
}
