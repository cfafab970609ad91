import Foundation
import PKI
import Trust
import X509

/// A trust descriptor in a file, and what it is made from.
struct TrustFile {
  let path: String
  let bytes: [UInt8]

  /// Reads a descriptor's file; what is in it shows ``terms(root:)``.
  init(_ path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw PKIError(.file, "The descriptor \(path) cannot be read: \(String(cString: strerror(errno))).")
    }
    self.path = path
    bytes = Array(data)
  }

  /// What it says.
  ///
  /// - Parameter root: the public key that must have signed it; nil to look without believing.
  func terms(root: [UInt8]?) throws -> TrustTerms {
    do {
      return try TrustTerms(descriptor: bytes, root: root)
    } catch {
      throw Failure(error, "The descriptor \(path)")
    }
  }

  /// Signs terms into a new file.
  static func create(_ path: String, _ terms: TrustTerms, by root: SigningKey) throws -> TrustFile {
    let bytes: [UInt8]
    do { bytes = try terms.signed(by: root) } catch { throw Failure(error, "The descriptor asked for") }
    try DurableFile.create(path, bytes: bytes)
    return try TrustFile(path)
  }

  /// The name and key of the certification authority in a PEM file.
  static func anchor(_ path: String) throws -> TrustTerms.Anchor {
    let certificates = try Certificate.readPEM(path)
    guard certificates.count == 1, let certificate = certificates.first else {
      throw PKIError(.format, "The file \(path) holds more than one certificate: give the anchor's alone.")
    }
    return try TrustTerms.Anchor(certificate)
  }
}
