import SwiftASN1
import X509

extension CertificationRequest {
  /// Makes and signs a request.
  ///
  /// - Parameters:
  ///   - subject: the name to ask for.
  ///   - dnsNames: DNS names for the subjectAltName, lower case.
  ///   - ipAddresses: IP addresses for it, 4 or 16 bytes each.
  ///   - key: the key to be certified; it signs.
  /// - Throws: a ``CertificationRequestRefusal`` when this system itself would refuse what was asked for.
  public init(subject: Subject, dnsNames: [String] = [], ipAddresses: [[UInt8]] = [], key: SigningKey) throws {
    var attributes = CertificateSigningRequest.Attributes()
    if !dnsNames.isEmpty || !ipAddresses.isEmpty {
      let names =
        dnsNames.map { GeneralName.dnsName($0) }
        + ipAddresses.map { GeneralName.ipAddress(ASN1OctetString(contentBytes: $0[...])) }
      let extensions = try Certificate.Extensions { SubjectAlternativeNames(names) }
      attributes.insert(try .init(ExtensionRequest(extensions: extensions)))
    }
    let request = try CertificateSigningRequest(
      version: .v1, subject: subject.name, privateKey: key.certificateKey, attributes: attributes,
      signatureAlgorithm: .ecdsaWithSHA256)
    try self.init(request.derBytes())
  }
}
