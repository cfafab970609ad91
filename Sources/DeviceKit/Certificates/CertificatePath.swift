import COSE
import Trust

/// Checks certificates that stand in flash, one at a time through one scratch buffer, up to an anchor of the
/// trust descriptor.
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
    let nameEnd = position + certificate.extensions.dnsName.upperBound
    let nameBytes = certificate.extensions.dnsName.count
    var link = CertificateLink()
    var number = 0
    while true {
      try link.keep(
        signed: certificate.signed, signature: certificate.signature, scratch.span, crypto: &crypto)
      let issuerName = position + certificate.issuer.lowerBound
      let issuerNameBytes = certificate.issuer.count
      position += bytes
      number += 1
      if position == end {
        let issuer = scratch.span.extracting(certificate.issuer)
        return try requireAnchor(issuer, of: &link, in: &journal, crypto: &crypto)
      }
      guard number < maxCertificates else { throw Rejection(.tooManyCertificates) }
      bytes = try journal.loadCertificate(at: position, limit: end - position, into: &scratch)
      try certificate.read(scratch.span, bytes)
      let subject = scratch.span.extracting(certificate.subject)
      guard subject.count == issuerNameBytes, try journal.holds(subject, at: issuerName) else {
        throw Rejection(CertificateRefusal.brokenChain)
      }
      try requireIssuer(&certificate, authoritiesBelow: number - 1)
      if !certificate.extensions.domain.isEmpty {
        try requireName(
          endingAt: nameEnd, count: nameBytes, in: scratch.span.extracting(certificate.extensions.domain), &journal)
      }
      guard try link.isSigned(by: scratch.span.extracting(certificate.publicKey), crypto: &crypto) else {
        throw Rejection(CertificateRefusal.signature)
      }
    }
  }

  /// Requires that the leaf's DNS name, which stands in flash, is an authority's domain or under it, byte by byte (RFC
  /// 5280 §4.2.1.10). One that has no name is as much outside: the constraint would bind it to nothing.
  @inline(never)
  private static func requireName<Storage: Flash & ~Copyable>(
    endingAt end: Int, count: Int, in domain: Span<UInt8>, _ journal: inout Journal<Storage>
  ) throws(Rejection) {
    let start = end - domain.count
    if count >= domain.count, try journal.holds(domain, at: start) {
      if count == domain.count { return }
      let dot: InlineArray<1, UInt8> = [UInt8(ascii: ".")]
      if try journal.holds(dot.span, at: start - 1) { return }
    }
    throw Rejection(CertificateRefusal.nameOutsideDomain)
  }

  /// Requires that one of the descriptor's anchors issued the last certificate.
  ///
  /// Both are tried: an authority that changes its key usually keeps its name.
  private static func requireAnchor<Crypto: Cryptography & ~Copyable, Storage: Flash & ~Copyable>(
    _ issuer: Span<UInt8>, of link: inout CertificateLink, in journal: inout Journal<Storage>, crypto: inout Crypto
  ) throws(Rejection) {
    var fault = CertificateRefusal.brokenChain
    var anchor = journal.trust?.anchor
    var next = journal.trust?.nextAnchor
    while let place = anchor {
      if try journal.descriptorHolds(issuer, at: place.name) {
        fault = .signature
        var point = InlineArray<65, UInt8>(repeating: 4)
        var span = point.mutableSpan
        var coordinates = span._mutatingExtracting(1..<65)
        try journal.load(at: journal.descriptorOffset &+ place.publicKey.lowerBound, 64, into: &coordinates)
        if try link.isSigned(by: point.span, crypto: &crypto) { return }
      }
      anchor = next
      next = nil
    }
    throw Rejection(fault)
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
