import COSE
import Foundation
import OSCORE
import PKI

/// The manager's EDHOC keys: what devices know it by, from their network's trust descriptor. One is in use; a second may lie
/// ready, so that the root can announce it before it is needed.
struct ManagerKeys: Sendable {
  /// The identifier of the key in use, in a provider of ``provider``.
  static let keyID = KeyID(rawValue: 1)

  let current: AgreementKey
  let next: AgreementKey?
  /// The claims set that the key in use is told by: EDHOC's CRED_R.
  let credential: [UInt8]

  init(current: AgreementKey, next: AgreementKey? = nil) throws(ManagerError) {
    self.current = current
    self.next = next
    guard let key = DeviceKey(current.coordinates), let credential = key.credential else {
      throw ManagerError(.configuration, "The manager's EDHOC key has no credential.")
    }
    self.credential = credential
  }

  /// Reads the keys, or makes the first; the public half of the one in use is there for the root's owner.
  ///
  /// - Throws: ``PKIError`` for a file that is no key or that others can read.
  static func open(_ folder: ManagerFolder) throws -> ManagerKeys {
    let current = try KeyFile.readOrCreateAgreementKey(folder.sessionKey)
    let pem = try PublicKeyFile.pem(current.coordinates)
    if (try? DurableFile.readText(folder.sessionPublicKey)) != pem {
      try DurableFile.replace(folder.sessionPublicKey, bytes: Array(pem.utf8))
    }
    let hasNext = FileManager.default.fileExists(atPath: folder.nextSessionKey)
    return try ManagerKeys(
      current: current, next: hasNext ? try KeyFile.readOrCreateAgreementKey(folder.nextSessionKey) : nil)
  }

  /// A provider with the key in use, for one session: no session sees the ephemeral keys of another.
  func provider() -> HostCryptography {
    var crypto = HostCryptography()
    // The provider is new, so no identifier is taken.
    try? crypto.add(current, as: Self.keyID)
    return crypto
  }
}

extension DeviceKey {
  /// The key's credential in Muster's own form (EDHOC's CCS); the device's too, and the manager's.
  var credential: [UInt8]? {
    guard let key = RawPublicKey(coordinates.span) else { return nil }
    var bytes = [UInt8](repeating: 0, count: Credential.writtenBytes)
    var span = bytes.mutableSpan
    do {
      _ = try Credential.write(key, into: &span, with: HostCryptography())
    } catch {
      return nil
    }
    return bytes
  }

  init?(_ key: RawPublicKey) {
    self.init((0..<RawPublicKey.bytes).map { key[$0] })
  }
}
