import COSE

/// Checks certificates that stand in flash, one at a time through one scratch buffer, up to the provisioned anchor.
///
/// From the leaf upwards: so what is cheap and says most (whose certificate is this?) comes before any signature, and of a
/// certificate that has been read only its ``CertificateLink`` and the place of its issuer's name have to be kept.
enum CertificatePath {
  /// Leaf and intermediates, at most.
  static let maxCertificates = 3

  /// Checks a certs-only PKCS#7 for this device.
  ///
  /// - Parameters:
  ///   - offset: Where it stands in flash.
  ///   - count: Its length in bytes.
  ///   - key: The device's key.
  ///   - serialNumber: The device's serial number.
  ///   - scratch: As long as the longest certificate may be.
  /// - Throws: ``DeviceFault/refused(_:)`` with the first thing wrong.
  static func check<Crypto: Cryptography & ~Copyable, Storage: Flash & ~Copyable>(
    at offset: Int, count: Int, in journal: borrowing Journal<Storage>, crypto: inout Crypto,
    key: KeyID, serialNumber: Span<UInt8>, scratch: inout MutableSpan<UInt8>
  ) throws(DeviceFault) {
    let list = try journal.certificateList(at: offset, count: count)
    guard !list.isEmpty else { throw .refused(.noCertificate) }
    var position = offset + list.lowerBound
    let end = offset + list.upperBound

    var bytes = try journal.loadCertificate(at: position, limit: end - position, into: &scratch)
    var certificate = try Certificate.read(scratch.span, bytes)
    try checkLeaf(certificate, scratch.span, crypto: &crypto, key: key, serialNumber: serialNumber)
    var number = 0
    while true {
      let link = try CertificateLink(certificate, scratch.span, crypto: crypto)
      let issuerName = position + certificate.issuer.lowerBound
      let issuerNameBytes = certificate.issuer.count
      position += bytes
      number += 1
      let isLast = position == end
      if isLast {
        position = journal.anchorOffset
        bytes = try journal.loadCertificate(at: position, limit: journal.record.anchorBytes, into: &scratch)
      } else {
        guard number < maxCertificates else { throw .refused(.tooManyCertificates) }
        bytes = try journal.loadCertificate(at: position, limit: end - position, into: &scratch)
      }
      certificate = try Certificate.read(scratch.span, bytes)
      let subject = scratch.span.extracting(certificate.subject)
      guard subject.count == issuerNameBytes, try journal.holds(subject, at: issuerName) else {
        throw .refused(.brokenChain)
      }
      try requireIssuer(certificate, authoritiesBelow: number - 1)
      try link.verify(issuer: certificate, scratch.span, crypto: &crypto)
      if isLast { return }
    }
  }

  /// Checks a certificate that is to become the anchor: a self-signed certification authority.
  static func checkAnchor<Crypto: Cryptography & ~Copyable>(
    _ bytes: Span<UInt8>, crypto: inout Crypto
  ) throws(DeviceFault) {
    guard bytes.count <= Certificate.maxBytes else { throw .refused(.certificateTooLarge) }
    let certificate = try Certificate.read(bytes, bytes.count)
    guard bytes.isEqual(certificate.issuer, certificate.subject) else { throw .refused(.notSelfSigned) }
    try requireIssuer(certificate, authoritiesBelow: 0)
    let link = try CertificateLink(certificate, bytes, crypto: crypto)
    try link.verify(issuer: certificate, bytes, crypto: &crypto)
  }

  private static func requireIssuer(_ certificate: Certificate, authoritiesBelow: Int) throws(DeviceFault) {
    do {
      try certificate.checkIssuer(authoritiesBelow: authoritiesBelow)
    } catch {
      throw .refused(error)
    }
  }

  private static func checkLeaf<Crypto: Cryptography & ~Copyable>(
    _ certificate: Certificate, _ bytes: Span<UInt8>, crypto: inout Crypto, key: KeyID, serialNumber: Span<UInt8>
  ) throws(DeviceFault) {
    var ownKey = InlineArray<65, UInt8>(repeating: 0)
    do throws(CryptoError) {
      var span = ownKey.mutableSpan
      try crypto.publicKey(of: key, into: &span)
    } catch {
      throw .crypto(error)
    }
    do throws(CertificateRefusal) {
      try certificate.checkLeaf(bytes, ownKey: ownKey.span, ownSerialNumber: serialNumber)
    } catch {
      throw .refused(error)
    }
  }
}
