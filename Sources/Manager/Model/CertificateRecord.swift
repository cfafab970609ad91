import Foundation
import PKI

/// SHA-256 of a certificate's DER, in lower-case hexadecimal.
struct CertificateID: Hashable, Sendable, CustomStringConvertible {
  let text: String
  init(stored text: String) { self.text = text }
  init(sha256 bytes: some Collection<UInt8>) { text = bytes.hexadecimal }
  var description: String { text }
}

/// What became of a certificate.
public enum CertificateState: String, Sendable, Codable, CaseIterable {
  /// On our disk; its holder need not have it yet.
  case issued
  /// Its holder accepted it.
  case delivered
  /// Its holder proved that it holds it. At most one per key.
  case active
  /// Another certificate for the same holder took its place.
  case superseded
  /// It was withdrawn before its end.
  case revoked
}

/// What a list says about a certificate.
struct CertificateTerm: Sendable, Equatable {
  /// The serial number, in lower-case hexadecimal.
  var serial: String
  var notAfter: Date
}

/// A certificate the CA issued to us, with what became of it.
struct CertificateRecord: Sendable, Equatable {
  var id: CertificateID
  /// The serial number, in lower-case hexadecimal, as the DER integer's content has it.
  var serial: String
  var holder: Holder
  var key: KeyDigest
  var orderID: OrderID
  /// The certificate as it came from the CA.
  var der: [UInt8]
  /// The intermediates in path order, without the anchor.
  var chain: [[UInt8]]
  var subject: String
  var issuer: String
  var notBefore: Date
  var notAfter: Date
  var state: CertificateState
  /// The device's signed report (COSE_Sign1) that made it active.
  var report: [UInt8]?
  /// Why the device refused it, if it did.
  var refusal: String?
  var createdAt: Date
}
