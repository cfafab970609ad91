import CoAP
import Crypto
import DeviceKit
import Testing

/// One spoilt delivery per refusal reason, named after its fault.
struct SpoiltDelivery: CustomTestStringConvertible, Sendable {
  var testDescription: String
  var refusal: CertificateRefusal
  /// The PKCS#7 to deliver.
  var bytes: @Sendable (TestNetwork, P256.Signing.PublicKey) -> [UInt8]

  /// A delivery whose leaf is spoilt before it is signed.
  init(
    _ fault: String, _ refusal: CertificateRefusal, leaf change: @escaping @Sendable (inout CertificateForge) -> Void
  ) {
    self.init(fault, refusal) { network, key in
      certificatesOnly([network.leaf(Bench.serialNumber, key, change), network.issuing])
    }
  }

  init(
    _ fault: String, _ refusal: CertificateRefusal,
    bytes: @escaping @Sendable (TestNetwork, P256.Signing.PublicKey) -> [UInt8]
  ) {
    testDescription = fault
    self.refusal = refusal
    self.bytes = bytes
  }

  /// A delivery with an issuing authority of its own, under the network's anchor.
  static func issuer(
    _ fault: String, _ refusal: CertificateRefusal, _ change: @escaping @Sendable (inout CertificateForge) -> Void
  ) -> SpoiltDelivery {
    SpoiltDelivery(fault, refusal) { network, key in
      var forge = CertificateForge(
        authority: "Test issuing", key: network.issuingKey.publicKey, issuer: name([OID.commonName: "Test root"]))
      change(&forge)
      return certificatesOnly([network.leaf(Bench.serialNumber, key), forge.certificate(by: network.anchorKey)])
    }
  }
}

extension SpoiltDelivery {
  static let encoding: [SpoiltDelivery] = [
    SpoiltDelivery("no bytes of DER", .notCertificatesOnly) { _, _ in Array("hello".utf8) },
    SpoiltDelivery("a bare certificate", .notCertificatesOnly) { $0.leaf(Bench.serialNumber, $1) },
    SpoiltDelivery("bytes behind the PKCS#7", .trailingBytes) { network, key in
      certificatesOnly([network.leaf(Bench.serialNumber, key), network.issuing]) + [0]
    },
    SpoiltDelivery("PKCS#7 data instead of SignedData", .notCertificatesOnly) { _, _ in
      der(0x30, OID.data, der(0xA0, der(0x04, [1, 2, 3])))
    },
    SpoiltDelivery("SignedData version 3", .notCertificatesOnly) { network, key in
      let list = der(0xA0, network.leaf(Bench.serialNumber, key), network.issuing)
      let content = der(0x30, der(0x02, [3]), der(0x31), der(0x30, OID.data), list, der(0x31))
      return der(0x30, OID.signedData, der(0xA0, content))
    },
    SpoiltDelivery("SignedData with content", .notCertificatesOnly) { network, key in
      let list = der(0xA0, network.leaf(Bench.serialNumber, key), network.issuing)
      let inner = der(0x30, OID.data, der(0xA0, der(0x04, [1])))
      return der(0x30, OID.signedData, der(0xA0, der(0x30, der(0x02, [1]), der(0x31), inner, list, der(0x31))))
    },
    SpoiltDelivery("SignedData with CRLs", .notCertificatesOnly) { network, key in
      let list = der(0xA0, network.leaf(Bench.serialNumber, key), network.issuing)
      let content = der(
        0x30, der(0x02, [1]), der(0x31), der(0x30, OID.data), list, der(0xA1, der(0x30)), der(0x31))
      return der(0x30, OID.signedData, der(0xA0, content))
    },
    SpoiltDelivery("SignedData with a signer", .notCertificatesOnly) { network, key in
      let list = der(0xA0, network.leaf(Bench.serialNumber, key), network.issuing)
      let content = der(0x30, der(0x02, [1]), der(0x31), der(0x30, OID.data), list, der(0x31, der(0x30)))
      return der(0x30, OID.signedData, der(0xA0, content))
    },
    SpoiltDelivery("an empty list", .noCertificate) { _, _ in certificatesOnly([]) },
    SpoiltDelivery("four certificates", .tooManyCertificates) { network, key in
      certificatesOnly([network.leaf(Bench.serialNumber, key), network.issuing, network.anchor, network.anchor])
    },
    SpoiltDelivery("a leaf of 1,025 bytes", .certificateTooLarge) { network, key in
      func leaf(_ padding: Int) -> [UInt8] {
        network.leaf(Bench.serialNumber, key) {
          $0.signature = { der(0x30, der(0x02, $0.minimal), der(0x02, $1.minimal)) }
          $0.extensions.append(der(0x30, OID.subjectKeyIdentifier, der(0x04, [UInt8](repeating: 0, count: padding))))
        }
      }
      // ECDSA signatures vary in length: try paddings, again and again, until one comes out at 1,025.
      while true {
        for padding in 300...800 {
          let candidate = leaf(padding)
          if candidate.count == 1025 { return certificatesOnly([candidate, network.issuing]) }
        }
      }
    },
    SpoiltDelivery("a leaf that is no SEQUENCE", .malformed) { network, _ in
      certificatesOnly([der(0x31, [1, 2, 3]), network.issuing])
    },
    SpoiltDelivery("a leaf that ends within its issuer", .malformed) { network, key in
      let leaf = network.leaf(Bench.serialNumber, key)
      return certificatesOnly([der(0x30, Array(leaf[4..<60])), network.issuing])
    },
    SpoiltDelivery("an unknown field behind the extensions", .malformed) { $0.extra = der(0xA4, der(0x05)) },
  ]

  static let certificate: [SpoiltDelivery] = [
    SpoiltDelivery("version 1", .version) { $0.version = nil },
    SpoiltDelivery("version 2", .version) { $0.version = der(0xA0, der(0x02, [1])) },
    SpoiltDelivery("a serial number of zero", .serialNumber) { $0.serialNumber = der(0x02, [0]) },
    SpoiltDelivery("a negative serial number", .serialNumber) { $0.serialNumber = der(0x02, [0x80]) },
    SpoiltDelivery("a serial number with a needless zero", .serialNumber) { $0.serialNumber = der(0x02, [0, 1]) },
    SpoiltDelivery("a serial number of 21 octets", .serialNumber) {
      $0.serialNumber = der(0x02, [UInt8](repeating: 1, count: 21))
    },
    SpoiltDelivery("ecdsa-with-SHA384 inside", .signatureAlgorithm) {
      $0.innerAlgorithm = der(0x30, OID.ecdsaWithSHA384)
    },
    SpoiltDelivery("ecdsa-with-SHA384 outside", .signatureAlgorithm) {
      $0.outerAlgorithm = der(0x30, OID.ecdsaWithSHA384)
    },
    SpoiltDelivery("ecdsa-with-SHA256 with NULL", .signatureAlgorithm) {
      $0.innerAlgorithm = der(0x30, OID.ecdsaWithSHA256, der(0x05))
    },
    SpoiltDelivery("an empty issuer", .name) { $0.issuer = der(0x30) },
    SpoiltDelivery("an empty subject", .name) { $0.subject = der(0x30) },
    SpoiltDelivery("a subject with an empty RDN", .name) { $0.subject = der(0x30, der(0x31)) },
    SpoiltDelivery("a notBefore without seconds", .time) { $0.notBefore = der(0x17, Array("2601010000Z".utf8)) },
    SpoiltDelivery("a notAfter before 2050 as GeneralizedTime", .time) {
      $0.notAfter = der(0x18, Array("20270101000000Z".utf8))
    },
    SpoiltDelivery("a 29th of February in a common year", .time) {
      $0.notAfter = der(0x17, Array("270229000000Z".utf8))
    },
    SpoiltDelivery("a notBefore with an offset", .time) { $0.notBefore = der(0x17, Array("260101000000+0100".utf8)) },
    SpoiltDelivery("a notBefore that is an INTEGER", .time) { $0.notBefore = der(0x02, [1]) },
    SpoiltDelivery("an end before the beginning", .validity) { $0.notAfter = der(0x17, Array("251231235959Z".utf8)) },
    SpoiltDelivery("an end at the beginning", .validity) { $0.notAfter = $0.notBefore },
    SpoiltDelivery("a key on P-384", .keyAlgorithm) { $0.keyAlgorithm = der(0x30, OID.ecPublicKey, OID.secp384r1) },
    SpoiltDelivery("a key without a curve", .keyAlgorithm) { $0.keyAlgorithm = der(0x30, OID.ecPublicKey) },
    SpoiltDelivery("a compressed point", .publicKey) { $0.point = [0x02] + $0.point[1..<33] },
    SpoiltDelivery("a signature that is no DER", .signatureEncoding) { $0.signature = { $0 + $1 } },
    SpoiltDelivery("a signature with a negative number", .signatureEncoding) {
      $0.signature = { _, s in der(0x30, der(0x02, [0x80, 1]), der(0x02, s.minimal)) }
    },
    SpoiltDelivery("a signature with a number of 257 bits", .signatureEncoding) {
      $0.signature = { _, s in der(0x30, der(0x02, [1] + [UInt8](repeating: 0, count: 32)), der(0x02, s.minimal)) }
    },
  ]

  static let extensions: [SpoiltDelivery] = [
    SpoiltDelivery("keyUsage twice", .duplicateExtension) { $0.extensions.append($0.extensions[1]) },
    SpoiltDelivery("an extension twice that the device does not use", .duplicateExtension) {
      let item = der(0x30, OID.subjectKeyIdentifier, der(0x04, [1]))
      $0.extensions += [item, item]
    },
    SpoiltDelivery("a critical extension unknown to the device", .criticalExtension) {
      $0.extensions.append(CertificateForge.criticalExtension(OID.policyConstraints, der(0x30)))
    },
    SpoiltDelivery("keyUsage without a bit", .extensionSyntax) { $0.extensions[1] = CertificateForge.keyUsage([0]) },
    SpoiltDelivery("keyUsage with a needless zero bit", .extensionSyntax) {
      $0.extensions[1] = CertificateForge.keyUsage([0x06, 0x80])
    },
    SpoiltDelivery("basicConstraints with cA FALSE written out", .extensionSyntax) {
      $0.extensions[0] = CertificateForge.criticalExtension(OID.basicConstraints, der(0x30, der(0x01, [0])))
    },
    SpoiltDelivery("an extension that is critical: FALSE", .extensionSyntax) {
      $0.extensions.append(der(0x30, OID.subjectKeyIdentifier, der(0x01, [0]), der(0x04, [1])))
    },
    SpoiltDelivery("extendedKeyUsage without a purpose", .extensionSyntax) {
      $0.extensions[2] = CertificateForge.extendedKeyUsage([])
    },
    SpoiltDelivery("bytes behind basicConstraints", .extensionSyntax) {
      $0.extensions[0] = CertificateForge.criticalExtension(OID.basicConstraints, der(0x30) + [0x05, 0x00])
    },
    SpoiltDelivery("a leaf with CA:TRUE", .leafIsAuthority) {
      $0.extensions[0] = CertificateForge.basicConstraints(authority: true)
    },
    SpoiltDelivery("a leaf that may sign certificates", .leafIsAuthority) {
      $0.extensions[1] = CertificateForge.keyUsage([0x02, 0x84])
    },
    SpoiltDelivery("a leaf without digitalSignature", .leafKeyUsage) {
      $0.extensions[1] = CertificateForge.keyUsage([0x03, 0x08])
    },
    SpoiltDelivery("a leaf without keyUsage", .leafKeyUsage) { $0.extensions.remove(at: 1) },
    SpoiltDelivery("a leaf without any extension", .leafKeyUsage) { $0.extensions = [] },
    SpoiltDelivery("a leaf for servers only", .extendedKeyUsage) {
      $0.extensions[2] = CertificateForge.extendedKeyUsage([OID.serverAuth])
    },
  ]

  static let path: [SpoiltDelivery] = [
    .issuer("an issuer without basicConstraints", .issuerNotAuthority) { $0.extensions.removeFirst() },
    .issuer("an issuer with CA:FALSE", .issuerNotAuthority) {
      $0.extensions[0] = CertificateForge.basicConstraints()
    },
    .issuer("an issuer without keyCertSign", .issuerKeyUsage) {
      $0.extensions[1] = CertificateForge.keyUsage([0x01, 0x02])
    },
    .issuer("an issuer without keyUsage", .issuerKeyUsage) { $0.extensions.remove(at: 1) },
    SpoiltDelivery("two authorities under a pathLen of 0", .pathTooLong) { network, key in
      let middleKey = P256.Signing.PrivateKey()
      let top = CertificateForge(
        authority: "Top", key: middleKey.publicKey, issuer: name([OID.commonName: "Test root"]), pathLength: 0)
      let low = CertificateForge(authority: "Test issuing", key: network.issuingKey.publicKey, issuer: top.subject)
      return certificatesOnly([
        network.leaf(Bench.serialNumber, key), low.certificate(by: middleKey), top.certificate(by: network.anchorKey),
      ])
    },
    SpoiltDelivery("a certificate for another key", .otherKey) { network, _ in
      certificatesOnly([network.leaf(Bench.serialNumber, P256.Signing.PrivateKey().publicKey), network.issuing])
    },
    SpoiltDelivery("another device's serial number", .otherSubject) { network, key in
      certificatesOnly([network.leaf("BENCH-0002", key), network.issuing])
    },
    SpoiltDelivery("a subject without serial number", .otherSubject) {
      $0.subject = name([OID.commonName: Bench.serialNumber])
    },
    SpoiltDelivery("the serial number twice", .otherSubject) {
      let attribute = der(0x31, der(0x30, OID.serialNumber, der(0x13, Array(Bench.serialNumber.utf8))))
      $0.subject = der(0x30, attribute, attribute)
    },
    SpoiltDelivery("a leaf of another issuer", .brokenChain) { $0.issuer = name([OID.commonName: "Someone"]) },
    SpoiltDelivery("the certificates in the wrong order", .otherKey) { network, key in
      certificatesOnly([network.issuing, network.leaf(Bench.serialNumber, key)])
    },
    SpoiltDelivery("no intermediate", .brokenChain) { network, key in
      certificatesOnly([network.leaf(Bench.serialNumber, key)])
    },
    SpoiltDelivery("a leaf that its issuer did not sign", .signature) { network, key in
      let forge = CertificateForge(device: Bench.serialNumber, key: key, issuer: network.issuingName)
      return certificatesOnly([forge.certificate(by: P256.Signing.PrivateKey()), network.issuing])
    },
    SpoiltDelivery("an intermediate that the anchor did not sign", .signature) { network, key in
      let forge = CertificateForge(
        authority: "Test issuing", key: network.issuingKey.publicKey, issuer: name([OID.commonName: "Test root"]))
      let stranger = forge.certificate(by: P256.Signing.PrivateKey())
      return certificatesOnly([network.leaf(Bench.serialNumber, key), stranger])
    },
    SpoiltDelivery("another network's certificates", .signature) { _, key in
      let stranger = TestNetwork()
      return certificatesOnly([stranger.leaf(Bench.serialNumber, key), stranger.issuing])
    },
    .issuer("an issuer for names in another domain than the leaf, which has none", .nameOutsideDomain) {
      let domain = der(0x30, der(0x82, Array("d.example".utf8)))
      $0.extensions.append(CertificateForge.criticalExtension(OID.nameConstraints, der(0x30, der(0xA0, domain))))
    },
    .issuer("an issuer whose point is not on the curve", .publicKey) { $0.point[64] ^= 1 },
  ]
}

extension [UInt8] {
  /// A DER INTEGER's contents for this magnitude.
  fileprivate var minimal: [UInt8] {
    let magnitude = Array(drop { $0 == 0 })
    return (magnitude.first ?? 0x80) >= 0x80 ? [0] + magnitude : magnitude
  }
}

@Suite("What the device refuses")
struct CertificateRefusalTests {
  private func expectRefusal(_ delivery: SpoiltDelivery) throws {
    let bench = Bench()
    try bench.restart()
    let network = TestNetwork()
    #expect(bench.provision(network)?.code == .changed)
    #expect(bench.requestCSR(network)?.code == .changed)
    let key = try #require(bench.identityKey)
    let answer = bench.deliver(bytes: delivery.bytes(network, key.publicKey))
    #expect(Bench.refusal(answer) == delivery.refusal)
    #expect(TestCBOR.fields(answer?.payload ?? [])?[2]?.text == "\(delivery.refusal)")
    #expect(bench.state == .keyMade)
    let status = TestCBOR.fields(bench.ask(.get, "status")?.payload ?? [])
    #expect(status?[5]?.uint == UInt64(delivery.refusal.rawValue))
    // What is sound is accepted right after.
    let chain = [network.leaf(Bench.serialNumber, key.publicKey), network.issuing]
    #expect(bench.deliver(chain)?.code == .changed)
    #expect(bench.state == .certified)
  }

  @Test("A spoilt wrapping or encoding", arguments: SpoiltDelivery.encoding)
  func encoding(delivery: SpoiltDelivery) throws { try expectRefusal(delivery) }

  @Test("A spoilt certificate", arguments: SpoiltDelivery.certificate)
  func certificate(delivery: SpoiltDelivery) throws { try expectRefusal(delivery) }

  @Test("A spoilt extension", arguments: SpoiltDelivery.extensions)
  func extensions(delivery: SpoiltDelivery) throws { try expectRefusal(delivery) }

  @Test("A spoilt path", arguments: SpoiltDelivery.path)
  func path(delivery: SpoiltDelivery) throws { try expectRefusal(delivery) }

  @Test("Certificates for a device that has made no key")
  func noKey() throws {
    let bench = Bench()
    try bench.restart()
    let network = TestNetwork()
    bench.provision(network)
    #expect(Bench.refusal(bench.deliver([network.anchor])) == .noKey)
  }

  @Test("Every reason is tried here, and every number has the name of its case")
  func complete() {
    var tried: Set<UInt8> = [CertificateRefusal.noKey.rawValue]
    for delivery in SpoiltDelivery.encoding + SpoiltDelivery.certificate + SpoiltDelivery.extensions
      + SpoiltDelivery.path
    {
      tried.insert(delivery.refusal.rawValue)
    }
    let all = (1...UInt8.max).compactMap { CertificateRefusal(rawValue: $0) }
    #expect(tried == Set(all.map(\.rawValue)))
    // 30 was given before, to what there is no more.
    #expect(all.map(\.rawValue) == Array(1...29) + [31])
  }
}
