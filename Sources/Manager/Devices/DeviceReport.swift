import COSE
import Crypto
import Foundation
import PKI
import SwiftASN1
import X509

/// A device's signed report of the certificate it installed: `POST /report`, read strictly.
///
/// A parsed report is only what somebody claims; ``verify(with:)`` says whether the holder of the certificate's key said it.
struct DeviceReport: Equatable {
  let id: DeviceID
  /// The certificate's serial number, in lower-case hexadecimal.
  let serial: String
  /// SHA-256 of the certificate.
  let certificate: CertificateID
  let notBefore: UInt64
  let notAfter: UInt64
  let bootCounter: UInt64
  /// The COSE_Sign1 as it was received: evidence, and what the signature is checked over.
  let bytes: [UInt8]

  /// - Throws: ``ManagerError`` with code `invalid`.
  init(_ bytes: [UInt8]) throws(ManagerError) {
    var fields = Fields()
    do {
      fields = try Fields(try COSESign1(bytes.span).payload)
    } catch {
      throw ManagerError(.invalid, "The report is not the COSE_Sign1 that docs/spec/device.md has.")
    }
    guard let id = fields.id, let serial = fields.serial, let digest = fields.digest, digest.count == 32,
      let notBefore = fields.notBefore, let notAfter = fields.notAfter, let bootCounter = fields.bootCounter
    else { throw ManagerError(.invalid, "The report lacks a field.") }
    self.id = try DeviceID(id)
    self.serial = serial.hexadecimal
    certificate = CertificateID(sha256: digest)
    self.notBefore = notBefore
    self.notAfter = notAfter
    self.bootCounter = bootCounter
    self.bytes = bytes
  }

  /// Checks that the report is about this certificate, in every detail, and signed with its key.
  ///
  /// - Throws: ``ManagerError`` with code `refused`.
  func verify(with record: CertificateRecord) throws(ManagerError) {
    guard let certificate = try? Certificate(derEncoded: record.der) else {
      throw ManagerError(.database, "The stored certificate \(record.id) cannot be read.")
    }
    try verify(with: certificate)
  }

  /// The same for a certificate that is in no store.
  ///
  /// - Throws: ``ManagerError`` with code `refused`.
  func verify(with certificate: Certificate) throws(ManagerError) {
    guard let der = try? certificate.der, self.certificate == CertificateID(sha256: der.sha256),
      serial == certificate.serialNumber.hexadecimal,
      Double(notBefore) == certificate.notValidBefore.timeIntervalSince1970,
      Double(notAfter) == certificate.notValidAfter.timeIntervalSince1970
    else { throw ManagerError(.refused, "The report is about another certificate than the one it names.") }
    guard let point = P256.Signing.PublicKey(certificate.publicKey) else {
      throw ManagerError(.refused, "The certificate is for no P-256 key.")
    }
    do {
      var crypto = HostCryptography()
      try COSESign1(bytes.span).verify(publicKey: Array(point.x963Representation).span, with: &crypto)
    } catch {
      throw ManagerError(.refused, "The report's signature is not by the certificate's key.")
    }
  }

  private struct Fields {
    var id: String?
    var serial: [UInt8]?
    var digest: [UInt8]?
    var notBefore: UInt64?
    var notAfter: UInt64?
    var bootCounter: UInt64?

    init() {}

    init(_ payload: Span<UInt8>) throws(CBORError) {
      var reader = try CBORReader(payload)
      for _ in 0..<(try reader.map()) {
        switch try reader.uint() {
        case 1: id = String(span: try reader.text())
        case 2: serial = Array(span: try reader.byteString())
        case 3: digest = Array(span: try reader.byteString())
        case 4: notBefore = try reader.uint()
        case 5: notAfter = try reader.uint()
        case 6: bootCounter = try reader.uint()
        default: try reader.skip()
        }
      }
      guard reader.isAtEnd else { throw .trailingBytes }
    }
  }
}
