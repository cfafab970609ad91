import Foundation

/// Private keys in files that nobody but their owner can read.
public enum KeyFile {
  /// Reads the key at `path`.
  ///
  /// - Throws: ``PKIError``: `file` when it cannot be read, `keyFilePermissions` when its group or others may read or
  ///   write it, `format` when it holds no P-256 private key.
  public static func read(_ path: String) throws -> SigningKey {
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
      return try SigningKey(pem: text)
    } catch {
      throw PKIError(.format, "The key file \(path) holds no P-256 private key in PEM.")
    }
  }

  /// Makes a key and writes it to `path`, mode 0600, durable and all or nothing.
  ///
  /// - Throws: ``PKIError``: `fileExists` when there is a file already (a key is never overwritten), else `file`.
  public static func create(_ path: String) throws -> SigningKey {
    let key = SigningKey()
    try DurableFile.create(path, bytes: Array(key.pem.utf8), mode: 0o600)
    return key
  }

  /// Reads the key at `path`, or makes it when there is none.
  public static func readOrCreate(_ path: String) throws -> SigningKey {
    do {
      return try create(path)
    } catch let error as PKIError where error.code == .fileExists {
      return try read(path)
    }
  }
}
