import SwiftASN1
public import X509

extension Certificate {
  /// The certificate in DER.
  public var der: [UInt8] {
    get throws { try derBytes() }
  }

  /// Reads a certificate from DER.
  ///
  /// - Throws: ``PKIError`` with code `format`.
  public init(der: [UInt8]) throws {
    do {
      try self.init(derEncoded: der)
    } catch {
      throw PKIError(.format, "This is not a certificate in DER.")
    }
  }

  /// The certificate in PEM, with a line feed behind it, so that files can be joined.
  public var pem: String {
    get throws { try serializeAsPEM().pemString + "\n" }
  }

  /// Reads all certificates of a PEM file.
  ///
  /// - Throws: ``PKIError``: `file` when it cannot be read, `format` when it holds no certificate or something else too.
  public static func readPEM(_ path: String) throws -> [Certificate] {
    let text = try DurableFile.readText(path)
    guard let certificates = certificates(pem: text) else {
      throw PKIError(.format, "The file \(path) does not hold certificates in PEM.")
    }
    return certificates
  }

  /// The certificates in a text; nil when it holds none, or something else too.
  public static func certificates(pem text: String) -> [Certificate]? {
    let certificates = try? PEMDocument.parseMultiple(pemString: text).map { try Certificate(pemDocument: $0) }
    return certificates?.isEmpty == true ? nil : certificates
  }
}
