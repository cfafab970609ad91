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
    writer.begin(DERTag.sequence)
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
    writer.element(DERTag.sequence, .ecdsaWithSHA256)
    writer.begin(DERTag.bitString)
    writer.octet(0)
    ECDSASignature.pack(signature.span, into: &writer)
    writer.end()
    writer.end()
    return writer.overflowed ? 0 : writer.count
  }

  /// CertificationRequestInfo: version, subject, key, attributes.
  private func writeInfo(publicKey: Span<UInt8>, to writer: inout DERWriter) {
    writer.begin(DERTag.sequence)
    writer.octets(.version1)
    writer.begin(DERTag.sequence)
    writeAttribute(AttributeType.organization, DERTag.utf8String, network, to: &writer)
    writeAttribute(AttributeType.serialNumber, DERTag.printableString, serialNumber, to: &writer)
    writeAttribute(AttributeType.commonName, DERTag.utf8String, serialNumber, to: &writer)
    writer.end()

    writer.begin(DERTag.sequence)
    writer.element(DERTag.sequence, .keyOnP256)
    writer.begin(DERTag.bitString)
    writer.octet(0)
    writer.octets(publicKey)
    writer.end()
    writer.end()

    writer.begin(DERTag.context0Constructed)
    if !suffix.isEmpty { writeExtensionRequest(to: &writer) }
    writer.end()
    writer.end()
  }

  private func writeAttribute(_ type: UInt8, _ tag: UInt8, _ value: Span<UInt8>, to writer: inout DERWriter) {
    writer.begin(DERTag.set)
    writer.begin(DERTag.sequence)
    writer.octets(.attribute)
    writer.octet(type)
    writer.element(tag, value)
    writer.end()
    writer.end()
  }

  /// extensionRequest (RFC 2985 §5.4.2) with subjectAltName: one dNSName, the serial number under the suffix.
  private func writeExtensionRequest(to writer: inout DERWriter) {
    writer.begin(DERTag.sequence)
    writer.octets(.extensionRequest)
    writer.begin(DERTag.set)
    writer.begin(DERTag.sequence)
    writer.begin(DERTag.sequence)
    writer.octets(.certificateExtension)
    writer.octet(ExtensionType.subjectAlternativeName)
    writer.begin(DERTag.octetString)
    writer.begin(DERTag.sequence)
    writer.begin(DERTag.context2)
    for index in serialNumber.indices {
      let letter = serialNumber[index]
      writer.octet(UInt8(ascii: "A")...UInt8(ascii: "Z") ~= letter ? letter | 0x20 : letter)
    }
    writer.octet(UInt8(ascii: "."))
    writer.octets(suffix)
    writer.end()
    writer.end()
    writer.end()
    writer.end()
    writer.end()
    writer.end()
    writer.end()
  }
}
