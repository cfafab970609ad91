import Foundation
import MockCA
import PKI
import X509

/// A registration authority with its certificate, and the devices behind it: makes the messages that are measured.
struct Manager {
  private let key: SigningKey
  private let certificate: Certificate
  private let issuing: Certificate

  init(enrollingAt ca: UnservedCA, directory: String) async throws {
    key = SigningKey()
    issuing = ca.issuing
    let code = try await MockCA.makeCode(directory: directory, now: Date())
    let request = try CertificationRequest(subject: Subject(commonName: "manager"), key: key)
    certificate = try await ca.enrol(request.derBytes, code: code)
  }

  /// Signed orders, each for a device and a key of its own.
  func orders(_ names: [String]) throws -> [[UInt8]] {
    try names.map { name in
      let request = try CertificationRequest(
        subject: Subject(organization: "plant", serialNumber: name, commonName: name),
        dnsNames: ["\(name.lowercased()).plant.test"], key: SigningKey())
      return try CMCRequest(transaction: .random(), certificationRequest: request).signed(
        with: key, certificate: certificate, issuers: [issuing], at: Date())
    }
  }

  /// Signed revocations, one for each certificate.
  func revocations(_ certificates: [Certificate]) throws -> [[UInt8]] {
    try certificates.map { revoked in
      try CMCRevocation(transaction: .random(), certificate: revoked, reason: .superseded).signed(
        with: key, certificate: certificate, issuers: [issuing], at: Date())
    }
  }
}
