import Foundation

/// Private keys in files that nobody but their owner can read. For a signing key the file may hold, in the place of the key, the URI of
/// one that stays in a PKCS#11 token (``TokenURI``).
public enum KeyFile {
  /// Reads the signing key at `path`.
  ///
  /// - Throws: ``PKIError``: `file` when it cannot be read, `keyFilePermissions` when its group or others may read or
  ///   write it, `format` when it holds no P-256 private key; and of a key in a token one of the codes that begin with `token`.
  public static func read(_ path: String) throws -> SigningKey {
    let text = try readPrivate(path)
    guard let place = try tokenURI(in: text) else { return try key(in: text, of: path, as: SigningKey.init(pem:)) }
    return try SigningKey(in: place)
  }

  /// Makes a signing key inside a token, and a file with its URI, which is then read as the key.
  ///
  /// - Throws: ``PKIError``: `fileExists` when the token has a key of this name or there is such a file, else as ``read(_:)``.
  public static func create(_ path: String, in place: TokenURI) throws -> SigningKey {
    // The file first: it is what is easily taken back when the token makes no key.
    try write("\(place)\n", to: path)
    do {
      return try SigningKey(makingIn: place)
    } catch {
      unlink(path)
      throw error
    }
  }

  /// Reads the key at `path`, or makes it where the key at `former` is: in a file, or in the same token under a new name.
  public static func readOrCreate(_ path: String, besides former: String) throws -> SigningKey {
    if FileManager.default.fileExists(atPath: path) { return try read(path) }
    guard let place = try tokenURI(in: readPrivate(former)) else { return try create(path) }
    return try create(path, in: place.naming("\(place.object ?? "key")-\(randomBytes(4).hexadecimal)"))
  }

  /// Puts the key at `next`, whichever kind of file it is, into the place of the one at `path`.
  public static func replace(_ path: String, by next: String) throws {
    try DurableFile.replace(path, bytes: Array(readPrivate(next).utf8), mode: 0o600)
    try FileManager.default.removeItem(atPath: next)
  }

  private static func tokenURI(in text: String) throws(PKIError) -> TokenURI? {
    text.hasPrefix("pkcs11:") ? try TokenURI(String(text.prefix { !$0.isNewline })) : nil
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
    try key(in: readPrivate(path), of: path, as: parse)
  }

  private static func key<Key>(in text: String, of path: String, as parse: (String) throws -> Key) throws -> Key {
    do {
      return try parse(text)
    } catch {
      throw PKIError(.format, "The key file \(path) holds no P-256 private key in PEM.")
    }
  }

  /// Reads a short secret, such as a PIN, without the end of its line.
  ///
  /// - Throws: ``PKIError``: `file`, `keyFilePermissions`, or `format` when it is empty or longer than 256 bytes.
  static func readSecret(_ path: String) throws(PKIError) -> [UInt8] {
    var bytes = Array(try readPrivate(path).utf8)
    while let last = bytes.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { bytes.removeLast() }
    guard (1...256).contains(bytes.count) else { throw PKIError(.format, "The file \(path) holds no PIN.") }
    return bytes
  }

  /// The text of a file that nobody but its owner can read.
  private static func readPrivate(_ path: String) throws(PKIError) -> String {
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
    return try DurableFile.readText(target)
  }
}
