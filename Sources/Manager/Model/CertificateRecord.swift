public import Foundation
import PKI

/// SHA-256 of a certificate's DER, in lower-case hexadecimal.
public struct CertificateID: Hashable, Sendable, CustomStringConvertible {
  public let text: String
  init(stored text: String) { self.text = text }
  public init(sha256 bytes: some Collection<UInt8>) { text = bytes.hexadecimal }
  public var description: String { text }
}

/// A certificate the CA issued to us, with what became of it.
public struct CertificateRecord: Sendable, Equatable {
  public enum State: String, Sendable, Codable, CaseIterable {
    /// On our disk; its holder need not have it yet.
    case issued
    /// Its holder accepted it.
    case delivered
    /// Its holder proved that it holds it. At most one per key.
    case active
    /// Another certificate for the same holder took its place.
    case superseded
  }

  public var id: CertificateID
  /// The serial number, in lower-case hexadecimal, as the DER integer's content has it.
  public var serial: String
  public var holder: Holder
  public var key: KeyDigest
  public var orderID: OrderID
  /// The certificate as it came from the CA.
  public var der: [UInt8]
  /// The intermediates in path order, without the anchor.
  public var chain: [[UInt8]]
  public var subject: String
  public var issuer: String
  public var notBefore: Date
  public var notAfter: Date
  public var state: State
  /// The device's signed report (COSE_Sign1) that made it active.
  public var report: [UInt8]?
  /// Why the device refused it, if it did.
  public var refusal: String?
  public var createdAt: Date
}
