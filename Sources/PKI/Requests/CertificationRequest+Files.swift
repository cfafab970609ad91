import SwiftASN1

extension CertificationRequest {
  /// The request in PEM, with a line feed at its end.
  public var pem: String { PEMDocument(type: "CERTIFICATE REQUEST", derBytes: derBytes).pemString + "\n" }

  /// The bytes of the one request that a PEM file holds, not looked at any further.
  ///
  /// - Throws: ``PKIError``: `file` when it cannot be read, `format` when it holds anything else.
  public static func readPEM(_ path: String) throws(PKIError) -> [UInt8] {
    let text = try DurableFile.readText(path)
    guard let document = try? PEMDocument(pemString: text), document.discriminator == "CERTIFICATE REQUEST" else {
      throw PKIError(.format, "The file \(path) does not hold a certification request in PEM.")
    }
    return document.derBytes
  }
}
