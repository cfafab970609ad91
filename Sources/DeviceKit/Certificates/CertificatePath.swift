import COSE

/// Checks certificates that stand in flash, one at a time through one scratch buffer, up to the provisioned anchor.
///
/// From the leaf upwards: so what is cheap and says most (whose certificate is this?) comes before any signature, and
/// of a certificate that has been read only its ``CertificateLink`` and the place of its issuer's name have to be
/// kept.
enum CertificatePath {
  /// Leaf and intermediates, at most.
  static let maxCertificates = 3

  /// Checks a certs-only PKCS#7 for this device.
  ///
  /// - Parameters:
  ///   - offset: Where it stands in flash.
  ///   - count: Its length in bytes.
  ///   - serialNumber: The device's serial number.
  ///   - scratch: As long as the longest certificate may be.
  /// - Throws: The first thing that is wrong.
  static func check<Crypto: Cryptography & ~Copyable, Storage: Flash & ~Copyable>(
    at offset: Int, count: Int, in journal: inout Journal<Storage>, crypto: inout Crypto,
    serialNumber: Span<UInt8>, scratch: inout MutableSpan<UInt8>
  ) throws(Rejection) {
    let list = try journal.certificateList(at: offset, count: count)
    guard !list.isEmpty else { throw Rejection(.noCertificate) }
    var position = offset + list.lowerBound
    let end = offset + list.upperBound

    var bytes = try journal.loadCertificate(at: position, limit: end - position, into: &scratch)
    var certificate = Certificate()
    try certificate.read(scratch.span, bytes)
    try checkLeaf(&certificate, scratch.span, crypto: &crypto, key: journal.record.key, serialNumber: serialNumber)
    var link = CertificateLink()
    var number = 0
    while true {
      try link.keep(
        signed: certificate.signed, signature: certificate.signature, scratch.span, crypto: &crypto)
      let issuerName = position + certificate.issuer.lowerBound
      let issuerNameBytes = certificate.issuer.count
      position += bytes
      number += 1
      let isLast = position == end
      if isLast {
        position = journal.anchorOffset
        bytes = try journal.loadCertificate(at: position, limit: journal.record.anchorBytes, into: &scratch)
      } else {
        guard number < maxCertificates else { throw Rejection(.tooManyCertificates) }
        bytes = try journal.loadCertificate(at: position, limit: end - position, into: &scratch)
      }
      try certificate.read(scratch.span, bytes)
      let subject = scratch.span.extracting(certificate.subject)
      guard subject.count == issuerNameBytes, try journal.holds(subject, at: issuerName) else {
        throw Rejection(.brokenChain)
      }
      try requireIssuer(&certificate, authoritiesBelow: number - 1)
      try link.verify(publicKey: certificate.publicKey, scratch.span, crypto: &crypto)
      if isLast { return }
    }
  }

  /// Checks a certificate that is to become the anchor: a self-signed certification authority.
  static func checkAnchor<Crypto: Cryptography & ~Copyable>(
    _ bytes: Span<UInt8>, crypto: inout Crypto
  ) throws(Rejection) {
    guard bytes.count <= Certificate.maxBytes else { throw Rejection(.certificateTooLarge) }
    var certificate = Certificate()
    try certificate.read(bytes, bytes.count)
    guard bytes.isEqual(certificate.issuer, certificate.subject) else { throw Rejection(.notSelfSigned) }
    try requireIssuer(&certificate, authoritiesBelow: 0)
    var link = CertificateLink()
    try link.keep(signed: certificate.signed, signature: certificate.signature, bytes, crypto: &crypto)
    try link.verify(publicKey: certificate.publicKey, bytes, crypto: &crypto)
  }

  @inline(never)
  private static func requireIssuer(_ certificate: inout Certificate, authoritiesBelow: Int) throws(Rejection) {
    do {
      try certificate.checkIssuer(authoritiesBelow: authoritiesBelow)
    } catch {
      throw Rejection(error)
    }
  }

  private static func checkLeaf<Crypto: Cryptography & ~Copyable>(
    _ certificate: inout Certificate, _ bytes: Span<UInt8>, crypto: inout Crypto, key: KeyID?, serialNumber: Span<UInt8>
  ) throws(Rejection) {
    guard let key else { throw Rejection(.noKey) }
    var ownKey = InlineArray<65, UInt8>(repeating: 0)
    do throws(CryptoError) {
      var span = ownKey.mutableSpan
      try crypto.publicKey(of: key, into: &span)
    } catch {
      throw Rejection(error)
    }
    do throws(CertificateRefusal) {
      try certificate.checkLeaf(bytes, ownKey: ownKey.span, ownSerialNumber: serialNumber)
    } catch {
      throw Rejection(error)
    }
  }
}

extension Certificate {
  /// Reads a certificate from the front of a buffer.
  @inline(never)
  mutating func read(_ buffer: Span<UInt8>, _ count: Int) throws(Rejection) {
    do {
      try read(buffer.extracting(0..<count))
    } catch {
      throw Rejection(error)
    }
  }
}
