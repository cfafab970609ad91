public import Foundation
import PKI
import X509

/// How a device's certificate came about, in one file that can be checked by whoever has the CA's anchor: the device's own request, the
/// registration authority's signature over it, the certificate, and the device's signed report that it installed it.
public struct EvidenceBundle: Sendable, Equatable, Codable {
  /// The only form there is.
  public static let form = "muster-evidence-1"

  /// ``form``.
  public var format: String
  /// The certificate, in PEM.
  public var certificate: String
  /// Its issuers below the anchor, in PEM; empty when the anchor issued it.
  public var chain: String
  /// The device's PKCS#10, in DER.
  public var request: Data
  /// The signed order to the CA: CMS, in DER.
  public var order: Data
  /// The device's report: COSE_Sign1; empty for a device that enrols over EST, whose own request is all that it signed.
  public var report: Data

  /// A bundle of these parts; nothing is checked yet.
  public init(certificate: String, chain: String, request: [UInt8], order: [UInt8], report: [UInt8]) {
    format = Self.form
    self.certificate = certificate
    self.chain = chain
    self.request = Data(request)
    self.order = Data(order)
    self.report = Data(report)
  }

  /// Whether the order is one to a CA. A manager that certifies by its own sub-CA sends none, so that there is no signature of a
  /// registration authority to show.
  public var isOrdered: Bool { (try? UnverifiedCMCRequest(Array(order))) != nil }

  /// Far more than five parts of the greatest length take.
  private static let maxBytes = 262_144

  /// Reads a bundle; nothing is checked yet.
  ///
  /// - Throws: ``ManagerError``: `notFound`, `unreadableFile`.
  public init(file: String) throws(ManagerError) {
    guard FileManager.default.fileExists(atPath: file) else {
      throw ManagerError(.notFound, "There is no file \(file).", remedy: "'muster cert evidence' writes such files.")
    }
    guard let bytes = FileManager.default.contents(atPath: file), bytes.count <= Self.maxBytes,
      let bundle = try? JSONDecoder().decode(Self.self, from: bytes), bundle.format == Self.form
    else {
      throw ManagerError(
        .unreadableFile, "\(file) is no evidence in the form \(Self.form).",
        remedy: "Get it anew with 'muster cert evidence'.")
    }
    self = bundle
  }

  /// What a file holds.
  public var json: Data {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
      return try encoder.encode(self) + Data("\n".utf8)
    }
  }
}
