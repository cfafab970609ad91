import COSE
import Crypto
import Foundation

/// Public keys in PEM files, as x and y: 64 bytes.
public enum PublicKeyFile {
  /// Reads a P-256 public key (SubjectPublicKeyInfo, RFC 7468 §13).
  ///
  /// - Throws: ``PKIError``: `file`, or `format` when it holds none.
  public static func read(_ path: String) throws -> [UInt8] {
    let text = try DurableFile.readText(path)
    guard !text.contains("PRIVATE KEY") else {
      throw PKIError(.format, "The file \(path) holds a private key: keep it, and give its public half.")
    }
    guard let key = try? P256.Signing.PublicKey(pemRepresentation: text) else {
      throw PKIError(.format, "The file \(path) holds no P-256 public key in PEM.")
    }
    return Array(key.rawRepresentation)
  }

  /// A key's file: SubjectPublicKeyInfo in PEM.
  ///
  /// - Parameter key: x and y, 64 bytes.
  /// - Throws: ``PKIError`` with code `format` when it is no point of the curve.
  public static func pem(_ key: [UInt8]) throws -> String {
    do {
      return try P256.Signing.PublicKey(rawRepresentation: key).pemRepresentation + "\n"
    } catch {
      throw PKIError(.format, "This is not a P-256 public key.")
    }
  }
}

extension [UInt8] {
  /// The SHA-256 thumbprint (RFC 9679) of a P-256 public key, which these bytes are as x and y; nil for another length.
  public var keyThumbprint: [UInt8]? {
    var thumbprint = [UInt8](repeating: 0, count: KeyThumbprint.bytes)
    var span = thumbprint.mutableSpan
    do { try KeyThumbprint.compute(of: self.span, into: &span, with: HostCryptography()) } catch { return nil }
    return thumbprint
  }
}
