extension Certificate {
  /// Requires that this is a device's certificate, and this device's.
  ///
  /// - Parameters:
  ///   - bytes: The bytes the certificate was read from.
  ///   - ownKey: The device's public key, an uncompressed point.
  ///   - ownSerialNumber: The device's serial number.
  mutating func checkLeaf(
    _ bytes: Span<UInt8>, ownKey: Span<UInt8>, ownSerialNumber: Span<UInt8>
  ) throws(CertificateRefusal) {
    guard bytes.extracting(publicKey).isEqual(to: ownKey) else { throw .otherKey }
    guard bytes.extracting(subjectSerialNumber).isEqual(to: ownSerialNumber) else { throw .otherSubject }
    guard !extensions.isAuthority, extensions.keyUsage & CertificateExtensions.keyCertSign == 0 else {
      throw .leafIsAuthority
    }
    guard extensions.keyUsage & CertificateExtensions.digitalSignature != 0 else { throw .leafKeyUsage }
    guard extensions.allowsClientAuthentication else { throw .extendedKeyUsage }
  }

  /// Requires that this certificate's key may sign certificates, with this many authorities below it in the path.
  mutating func checkIssuer(authoritiesBelow: Int) throws(CertificateRefusal) {
    guard extensions.isAuthority else { throw .issuerNotAuthority }
    guard extensions.keyUsage & CertificateExtensions.keyCertSign != 0 else { throw .issuerKeyUsage }
    guard authoritiesBelow <= Int(extensions.pathLength) else { throw .pathTooLong }
  }
}
