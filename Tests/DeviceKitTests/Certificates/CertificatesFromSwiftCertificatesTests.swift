import CoAP
import Crypto
import DeviceKit
import Foundation
import PKI
import SwiftASN1
import Testing
import X509

@Suite("Certificates that swift-certificates made")
struct CertificatesFromSwiftCertificatesTests {
  private func authority(
    _ commonName: String, _ key: P256.Signing.PrivateKey, issuer: DistinguishedName?,
    by issuerKey: P256.Signing.PrivateKey,
    pathLength: Int?
  ) throws -> Certificate {
    let subject = try DistinguishedName { CommonName(commonName) }
    return try Certificate(
      version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey),
      notValidBefore: Date(timeIntervalSince1970: 1_780_000_000),
      notValidAfter: Date(timeIntervalSince1970: 2_600_000_000), issuer: issuer ?? subject, subject: subject,
      signatureAlgorithm: .ecdsaWithSHA256,
      extensions: Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: pathLength))
        Critical(KeyUsage(keyCertSign: true, cRLSign: true))
        SubjectKeyIdentifier(keyIdentifier: ArraySlice(Insecure.SHA1.hash(data: key.publicKey.x963Representation)))
      },
      issuerPrivateKey: .init(issuerKey))
  }

  private func bytes(_ certificate: Certificate) throws -> [UInt8] {
    var serializer = DER.Serializer()
    try serializer.serialize(certificate)
    return serializer.serializedBytes
  }

  @Test("An issued certificate of 802.1AR's shape, under one intermediate or none, is accepted", arguments: [0, 1, 2])
  func accepted(intermediates: Int) throws {
    let rootKey = P256.Signing.PrivateKey()
    let root = try authority("Root", rootKey, issuer: nil, by: rootKey, pathLength: nil)
    var issuerKey = rootKey
    var issuer = root
    var chain: [[UInt8]] = []
    for number in 0..<intermediates {
      let key = P256.Signing.PrivateKey()
      issuer = try authority(
        "Issuing \(number)", key, issuer: issuer.subject, by: issuerKey, pathLength: intermediates - 1 - number)
      issuerKey = key
      chain.insert(try bytes(issuer), at: 0)
    }
    let bench = Bench()
    try bench.restart()
    let anchor = try TrustTerms.Anchor(root)
    let network = TestNetwork {
      $0.network = "Muster"
      $0.anchors = [anchor]
    }
    #expect(bench.provision(network)?.code == .changed)
    let answer = bench.ask(.post, "csr", .cbor, TestCBOR.map([1: .text("Muster"), 2: .text("d.example")]))
    let request = try CertificateSigningRequest(derEncoded: try #require(answer).payload)
    let leaf = try Certificate(
      version: .v3, serialNumber: .init(bytes: [0x80] + [UInt8](repeating: 7, count: 15)),
      publicKey: request.publicKey,
      notValidBefore: Date(timeIntervalSince1970: 1_780_000_000),
      notValidAfter: Date(timeIntervalSince1970: 1_790_000_000), issuer: issuer.subject, subject: request.subject,
      signatureAlgorithm: .ecdsaWithSHA256,
      extensions: Certificate.Extensions {
        Critical(BasicConstraints.notCertificateAuthority)
        Critical(KeyUsage(digitalSignature: true))
        try ExtendedKeyUsage([.clientAuth])
        SubjectAlternativeNames([.dnsName("bench-0001.d.example")])
        AuthorityKeyIdentifier(keyIdentifier: [1, 2, 3, 4])
      },
      issuerPrivateKey: .init(issuerKey))
    chain.insert(try bytes(leaf), at: 0)
    #expect(bench.deliver(chain)?.code == .changed)
    #expect(bench.state == .certified)
    #expect(bench.fetchCertificates() == certificatesOnly(chain))
    let status = TestCBOR.fields(bench.ask(.get, "status")?.payload ?? [])
    #expect(status?[3]?.bytes == [0x80] + [UInt8](repeating: 7, count: 15))
  }

  @Test("The forge of these tests makes what swift-certificates reads")
  func forge() throws {
    let network = TestNetwork()
    let key = P256.Signing.PrivateKey()
    let leaf = try Certificate(derEncoded: network.leaf(Bench.serialNumber, key.publicKey))
    let issuing = try Certificate(derEncoded: network.issuing)
    #expect(issuing.publicKey.isValidSignature(leaf.signature, for: leaf))
    #expect(leaf.issuer == issuing.subject)
    #expect(try leaf.extensions.keyUsage == KeyUsage(digitalSignature: true))
  }
}
