import Foundation

/// Private keys in files that nobody but their owner can read.
public enum KeyFile {
  /// Reads the signing key at `path`.
  ///
  /// - Throws: ``PKIError``: `file` when it cannot be read, `keyFilePermissions` when its group or others may read or
  ///   write it, `format` when it holds no P-256 private key.
  public static func read(_ path: String) throws -> SigningKey {
    try read(path, as: SigningKey.init(pem:))
  }

  /// Makes a signing key and writes it to `path`, mode 0600, durable and all or nothing.
  ///
  /// - Throws: ``PKIError``: `fileExists` when there is a file already (a key is never overwritten), else `file`.
  public static func create(_ path: String) throws -> SigningKey {
    let key = SigningKey()
    try write(key.pem, to: path)
    return key
  }

  /// Reads the signing key at `path`, or makes it when there is none.
  public static func readOrCreate(_ path: String) throws -> SigningKey {
    do {
      return try create(path)
    } catch let error as PKIError where error.code == .fileExists {
      return try read(path)
    }
  }

  /// Reads the agreement key at `path`; throws what ``read(_:)`` does.
  public static func readAgreementKey(_ path: String) throws -> AgreementKey {
    try read(path, as: AgreementKey.init(pem:))
  }

  /// Makes an agreement key and writes it to `path`, as ``create(_:)`` does a signing key.
  public static func createAgreementKey(_ path: String) throws -> AgreementKey {
    let key = AgreementKey()
    try write(key.pem, to: path)
    return key
  }

  /// Reads the agreement key at `path`, or makes it when there is none.
  public static func readOrCreateAgreementKey(_ path: String) throws -> AgreementKey {
    do {
      return try createAgreementKey(path)
    } catch let error as PKIError where error.code == .fileExists {
      return try readAgreementKey(path)
    }
  }

  private static func write(_ pem: String, to path: String) throws {
    try DurableFile.create(path, bytes: Array(pem.utf8), mode: 0o600)
  }

  private static func read<Key>(_ path: String, as parse: (String) throws -> Key) throws -> Key {
    // Permissions are those of the file, not of a link to it.
    let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    guard let mode = try? FileManager.default.attributesOfItem(atPath: target)[.posixPermissions] as? Int else {
      throw PKIError.system(.file, "Cannot read the key file \(path)")
    }
    guard mode & 0o077 == 0 else {
      throw PKIError(
        .keyFilePermissions,
        "The key file \(path) is open to others than its owner (mode \(String(mode, radix: 8))): "
          + "make a new key, or chmod 600 it.")
    }
    let text = try DurableFile.readText(target)
    do {
      return try parse(text)
    } catch {
      throw PKIError(.format, "The key file \(path) holds no P-256 private key in PEM.")
    }
  }
}
