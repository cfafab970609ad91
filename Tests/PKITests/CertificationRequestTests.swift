import Crypto
import Foundation
import PKI
import SwiftASN1
import Testing
import X509

@Suite("Certification requests")
struct CertificationRequestTests {
  @Test("A request made here reads back with its names and its bytes")
  func roundTrip() throws {
    let key = SigningKey()
    let made = try CertificationRequest(
      subject: Subject(organization: "plant", serialNumber: "SN-1", commonName: "pump"),
      dnsNames: ["pump.plant.test"], ipAddresses: [[192, 0, 2, 1]], key: key)
    let read = try CertificationRequest(made.derBytes)
    #expect(read.derBytes == made.derBytes)
    #expect(read.subject.organization == "plant")
    #expect(read.subject.serialNumber == "SN-1")
    #expect(read.subject.commonName == "pump")
    #expect(read.dnsNames == ["pump.plant.test"])
    #expect(read.ipAddresses == [[192, 0, 2, 1]])
    #expect(read.publicKey.rawRepresentation == key.publicKey.rawRepresentation)
    #expect(read.keyDigest == Array(SHA256.hash(data: key.publicKey.derRepresentation)))
  }

  @Test("Every flipped bit of a request is refused")
  func everyBit() async throws {
    let bytes = try deviceRequest().derBytes
    for bit in 0..<bytes.count * 8 {
      // Others' tests with real clocks run on the same threads.
      if bit % 64 == 0 { await Task.yield() }
      var flipped = bytes
      flipped[bit / 8] ^= 1 << (bit % 8)
      #expect(throws: CertificationRequestRefusal.self, "bit \(bit)") { try CertificationRequest(flipped) }
    }
  }

  @Test("Every prefix of a request, and every request with a byte behind it, is malformed")
  func everyPrefix() throws {
    let bytes = try deviceRequest().derBytes
    for count in 0..<bytes.count {
      #expect(throws: CertificationRequestRefusal.requestMalformed, "\(count) bytes") {
        try CertificationRequest(Array(bytes.prefix(count)))
      }
    }
    #expect(throws: CertificationRequestRefusal.requestMalformed) { try CertificationRequest(bytes + [0]) }
  }

  @Test("A request longer than the limit is refused unread")
  func tooLong() {
    #expect(throws: CertificationRequestRefusal.requestTooLong) {
      try CertificationRequest([UInt8](repeating: 0, count: PKILimits.certificationRequestBytes + 1))
    }
  }

  @Test("Keys other than P-256 are refused")
  func otherKeys() throws {
    let name = try DistinguishedName { CommonName("pump") }
    let p384 = try CertificateSigningRequest(
      version: .v1, subject: name, privateKey: .init(P384.Signing.PrivateKey()), attributes: .init())
    #expect(throws: CertificationRequestRefusal.keyNotP256) { try CertificationRequest(der(p384)) }
    let ed25519 = try CertificateSigningRequest(
      version: .v1, subject: name, privateKey: .init(Curve25519.Signing.PrivateKey()), attributes: .init())
    #expect(throws: CertificationRequestRefusal.keyNotP256) { try CertificationRequest(der(ed25519)) }
  }

  @Test("A point off the curve is refused")
  func pointOffCurve() throws {
    var bytes = try deviceRequest().derBytes
    let point = try #require(bytes.firstRange(of: [0x03, 0x42, 0x00, 0x04]))
    bytes.replaceSubrange(point.upperBound..<point.upperBound + 64, with: repeatElement(7, count: 64))
    #expect(throws: CertificationRequestRefusal.keyInvalid) { try CertificationRequest(bytes) }
  }

  @Test("ECDSA with SHA-384 is refused")
  func otherHash() throws {
    let request = try CertificateSigningRequest(
      version: .v1, subject: DistinguishedName { CommonName("pump") }, privateKey: .init(P256.Signing.PrivateKey()),
      attributes: .init(), signatureAlgorithm: .ecdsaWithSHA384)
    #expect(throws: CertificationRequestRefusal.signatureAlgorithm) { try CertificationRequest(der(request)) }
  }

  @Test("A request for another's key proves no possession")
  func foreignKey() throws {
    let mine = try deviceRequest().derBytes
    let other = try deviceRequest().derBytes
    let range = try #require(mine.firstRange(of: [0x03, 0x42, 0x00, 0x04]))
    let otherRange = try #require(other.firstRange(of: [0x03, 0x42, 0x00, 0x04]))
    var forged = mine
    forged.replaceSubrange(
      range.upperBound..<range.upperBound + 64, with: other[otherRange.upperBound..<otherRange.upperBound + 64])
    #expect(throws: CertificationRequestRefusal.possessionNotProven) { try CertificationRequest(forged) }
  }

  @Test("A challengePassword is refused, never ignored")
  func challengePassword() throws {
    let attribute = CertificateSigningRequest.Attribute(
      oid: [1, 2, 840, 113549, 1, 9, 7], values: [try ASN1Any(erasing: ASN1UTF8String("secret"))])
    #expect(throws: CertificationRequestRefusal.challengePassword) {
      try CertificationRequest(request(attributes: [attribute]))
    }
  }

  @Test("Unknown attributes, and extensionRequest twice, are refused")
  func otherAttributes() throws {
    let unknown = CertificateSigningRequest.Attribute(
      oid: [1, 2, 3, 4], values: [try ASN1Any(erasing: ASN1UTF8String("?"))])
    #expect(throws: CertificationRequestRefusal.attributeNotAllowed) {
      try CertificationRequest(request(attributes: [unknown]))
    }
    let names = try extensionRequest { SubjectAlternativeNames([.dnsName("a.test")]) }
    let more = try extensionRequest { SubjectAlternativeNames([.dnsName("b.test")]) }
    #expect(throws: CertificationRequestRefusal.attributeNotAllowed) {
      try CertificationRequest(rawRequest(attributes: [names, more]))
    }
  }

  @Test("Extensions other than subjectAltName are refused")
  func otherExtensions() throws {
    let usage = try extensionRequest { KeyUsage(digitalSignature: true) }
    #expect(throws: CertificationRequestRefusal.extensionNotAllowed) {
      try CertificationRequest(request(attributes: [usage]))
    }
  }

  @Test(
    "Alternative names that are no lower-case host names or IP addresses are refused",
    arguments: [
      GeneralName.dnsName("*.plant.test"), .dnsName("UPPER.test"), .dnsName(""), .dnsName("a..b"), .dnsName("-a.test"),
      .dnsName("a.test."), .dnsName("bad name"), .dnsName(String(repeating: "a", count: 64)),
      .ipAddress(ASN1OctetString(contentBytes: [1, 2, 3])), .rfc822Name("a@b.test"),
      .uniformResourceIdentifier("https://a.test"),
    ])
  func alternativeNames(name: GeneralName) throws {
    let attribute = try extensionRequest { SubjectAlternativeNames([name]) }
    #expect(throws: CertificationRequestRefusal.alternativeNameInvalid) {
      try CertificationRequest(request(attributes: [attribute]))
    }
  }

  @Test("More alternative names than the limit are refused")
  func tooManyNames() throws {
    let names = (0...PKILimits.alternativeNames).map { GeneralName.dnsName("a\($0).test") }
    let attribute = try extensionRequest { SubjectAlternativeNames(names) }
    #expect(throws: CertificationRequestRefusal.alternativeNameInvalid) {
      try CertificationRequest(request(attributes: [attribute]))
    }
  }

  @Test("Subjects that could mislead are refused")
  func subjects() throws {
    let long = String(repeating: "x", count: PKILimits.subjectAttributeCharacters + 1)
    let names = [
      try DistinguishedName { CommonName(long) },
      try DistinguishedName { CommonName("a\u{202E}b") },
      try DistinguishedName { CommonName("a\nb") },
      try DistinguishedName { CommonName("") },
      try DistinguishedName {
        CommonName("a")
        CommonName("b")
      },
      try DistinguishedName { CountryName("NO") },
      DistinguishedName([
        RelativeDistinguishedName([
          .init(type: .RDNAttributeType.commonName, utf8String: "a"),
          .init(type: .RDNAttributeType.organizationName, utf8String: "b"),
        ])
      ]),
    ]
    for name in names {
      #expect(throws: CertificationRequestRefusal.subjectInvalid, "\(name)") {
        try CertificationRequest(request(subject: name, attributes: []))
      }
    }
  }

  @Test("Each refusal has a name and a sentence of its own")
  func refusalNames() {
    let all = CertificationRequestRefusal.allCases
    #expect(Set(all.map(\.rawValue)).count == all.count)
    #expect(Set(all.map(\.sentence)).count == all.count)
  }

  private func request(
    subject: DistinguishedName? = nil, attributes: [CertificateSigningRequest.Attribute]
  ) throws -> [UInt8] {
    let subject = try subject ?? DistinguishedName { CommonName("pump") }
    return try der(
      CertificateSigningRequest(
        version: .v1, subject: subject, privateKey: .init(P256.Signing.PrivateKey()), attributes: .init(attributes)))
  }

  /// A request with its attributes exactly so; swift-certificates would keep only one of a kind.
  private func rawRequest(attributes: [CertificateSigningRequest.Attribute]) throws -> [UInt8] {
    let key = P256.Signing.PrivateKey()
    let name = try DistinguishedName { CommonName("pump") }
    var info = DER.Serializer()
    try info.appendConstructedNode(identifier: .sequence) { info in
      try info.serialize(0)
      try info.serialize(name)
      info.serializeRawBytes(key.publicKey.derRepresentation)
      try info.appendConstructedNode(identifier: .init(tagWithNumber: 0, tagClass: .contextSpecific)) { set in
        for attribute in attributes { try set.serialize(attribute) }
      }
    }
    var request = DER.Serializer()
    try request.appendConstructedNode(identifier: .sequence) { request in
      request.serializeRawBytes(info.serializedBytes)
      let ecdsaWithSHA256: ASN1ObjectIdentifier = [1, 2, 840, 10045, 4, 3, 2]
      try request.appendConstructedNode(identifier: .sequence) { try $0.serialize(ecdsaWithSHA256) }
      let signature = try key.signature(for: info.serializedBytes)
      try request.serialize(ASN1BitString(bytes: ArraySlice(signature.derRepresentation)))
    }
    return request.serializedBytes
  }

  private func extensionRequest(
    @ExtensionsBuilder _ extensions: () throws -> Result<Certificate.Extensions, any Error>
  ) throws -> CertificateSigningRequest.Attribute {
    try .init(ExtensionRequest(extensions: Certificate.Extensions(builder: extensions)))
  }
}

/// A value as DER.
func der(_ value: some DERSerializable) throws -> [UInt8] {
  var serializer = DER.Serializer()
  try serializer.serialize(value)
  return serializer.serializedBytes
}
