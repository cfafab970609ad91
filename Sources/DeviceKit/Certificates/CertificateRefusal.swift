/// Why the device refuses a certificate. The numbers go over the line and never change their meaning
/// (docs/spec/device.md, 'Refusal reasons').
public enum CertificateRefusal: UInt8, Error, Sendable {
  // The bytes.
  case malformed = 1
  case trailingBytes = 2
  case notCertificatesOnly = 3
  case noCertificate = 4
  case tooManyCertificates = 5
  case certificateTooLarge = 6
  // The certificate by itself.
  case version = 7
  case serialNumber = 8
  case signatureAlgorithm = 9
  case name = 10
  case time = 11
  case validity = 12
  case keyAlgorithm = 13
  case publicKey = 14
  case signatureEncoding = 15
  case duplicateExtension = 16
  case criticalExtension = 17
  case extensionSyntax = 18
  // Its place in the path.
  case leafIsAuthority = 19
  case issuerNotAuthority = 20
  case pathTooLong = 21
  case leafKeyUsage = 22
  case issuerKeyUsage = 23
  case extendedKeyUsage = 24
  // This device, this network.
  case noKey = 25
  case otherKey = 26
  case otherSubject = 27
  case brokenChain = 28
  case signature = 29
  case nameOutsideDomain = 31
}
