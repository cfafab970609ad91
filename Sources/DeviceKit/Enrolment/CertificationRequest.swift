import COSE

/// Writes the device's PKCS#10 certification request (RFC 2986) straight into a caller's buffer.
///
/// The subject is 802.1AR's: organisation, serialNumber and CN, one attribute an RDN. The public key is read from the
/// provider, and the private key signs behind it.
struct CertificationRequest: ~Escapable {
  /// UTF-8, for `O=`.
  let network: Span<UInt8>
  /// For `serialNumber=` and `CN=`.
  let serialNumber: Span<UInt8>
  /// The DNS name's ending, empty for none; letters, digits, hyphens and dots.
  let suffix: Span<UInt8>

  @_lifetime(copy network, copy serialNumber, copy suffix)
  init(network: Span<UInt8>, serialNumber: Span<UInt8>, suffix: Span<UInt8>) {
    self.network = network
    self.serialNumber = serialNumber
    self.suffix = suffix
  }

  /// Writes the request, signed with a key.
  ///
  /// - Returns: Bytes written; 0 when the buffer is too short.
  func write<Crypto: Cryptography & ~Copyable>(
    into buffer: inout MutableSpan<UInt8>, key: KeyID, crypto: inout Crypto
  ) throws(Rejection) -> Int {
    var writer = DERWriter(&buffer)
    let request = writer.begin(DERTag.sequence)
    let info = writer.count
    var point = InlineArray<65, UInt8>(repeating: 0)
    var signature = InlineArray<64, UInt8>(repeating: 0)
    do throws(CryptoError) {
      var room = point.mutableSpan
      try crypto.publicKey(of: key, into: &room)
    } catch {
      throw Rejection(error)
    }
    writeInfo(publicKey: point.span, to: &writer)
    var digest = InlineArray<32, UInt8>(repeating: 0)
    try crypto.hash(writer.written.extracting(info..<writer.count), into: &digest)
    do throws(CryptoError) {
      var room = signature.mutableSpan
      try crypto.sign(digest: digest.span, with: key, into: &room)
    } catch {
      throw Rejection(error)
    }
    let algorithm = writer.begin(DERTag.sequence)
    writer.objectIdentifier(ObjectIdentifier.ecdsaWithSHA256)
    writer.end(algorithm)
    let bits = writer.begin(DERTag.bitString)
    writer.octet(0)
    ECDSASignature.pack(signature.span, into: &writer)
    writer.end(bits)
    writer.end(request)
    return writer.overflowed ? 0 : writer.count
  }

  /// CertificationRequestInfo: version, subject, key, attributes.
  private func writeInfo(publicKey: Span<UInt8>, to writer: inout DERWriter) {
    let info = writer.begin(DERTag.sequence)
    let version = writer.begin(DERTag.integer)
    writer.octet(0)
    writer.end(version)

    let subject = writer.begin(DERTag.sequence)
    writeAttribute(ObjectIdentifier.organization, DERTag.utf8String, network, to: &writer)
    writeAttribute(ObjectIdentifier.serialNumber, DERTag.printableString, serialNumber, to: &writer)
    writeAttribute(ObjectIdentifier.commonName, DERTag.utf8String, serialNumber, to: &writer)
    writer.end(subject)

    let keyInfo = writer.begin(DERTag.sequence)
    let algorithm = writer.begin(DERTag.sequence)
    writer.objectIdentifier(ObjectIdentifier.ecPublicKey)
    writer.objectIdentifier(ObjectIdentifier.prime256v1)
    writer.end(algorithm)
    let point = writer.begin(DERTag.bitString)
    writer.octet(0)
    writer.octets(publicKey)
    writer.end(point)
    writer.end(keyInfo)

    let attributes = writer.begin(DERTag.context0Constructed)
    if !suffix.isEmpty { writeExtensionRequest(to: &writer) }
    writer.end(attributes)
    writer.end(info)
  }

  private func writeAttribute(_ type: UInt64, _ tag: UInt8, _ value: Span<UInt8>, to writer: inout DERWriter) {
    let set = writer.begin(DERTag.set)
    let attribute = writer.begin(DERTag.sequence)
    writer.objectIdentifier(type)
    writer.element(tag, value)
    writer.end(attribute)
    writer.end(set)
  }

  /// extensionRequest (RFC 2985 §5.4.2) with subjectAltName: one dNSName, the serial number under the suffix.
  private func writeExtensionRequest(to writer: inout DERWriter) {
    let attribute = writer.begin(DERTag.sequence)
    writer.objectIdentifier(ObjectIdentifier.extensionRequest)
    let values = writer.begin(DERTag.set)
    let extensions = writer.begin(DERTag.sequence)
    let item = writer.begin(DERTag.sequence)
    writer.objectIdentifier(ObjectIdentifier.subjectAlternativeName)
    let octets = writer.begin(DERTag.octetString)
    let names = writer.begin(DERTag.sequence)
    let name = writer.begin(DERTag.context2)
    for index in serialNumber.indices {
      let letter = serialNumber[index]
      writer.octet(UInt8(ascii: "A")...UInt8(ascii: "Z") ~= letter ? letter | 0x20 : letter)
    }
    writer.octet(UInt8(ascii: "."))
    writer.octets(suffix)
    writer.end(name)
    writer.end(names)
    writer.end(octets)
    writer.end(item)
    writer.end(extensions)
    writer.end(values)
    writer.end(attribute)
  }
}
