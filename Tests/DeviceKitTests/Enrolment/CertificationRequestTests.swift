import CoAP
import Crypto
import DeviceKit
import Foundation
import SwiftASN1
import Testing
import X509

@Suite("The certification request")
struct CertificationRequestTests {
  private func request(suffix: String?) throws -> ([UInt8], Bench) {
    let bench = Bench()
    try bench.restart()
    let network = TestNetwork()
    bench.provision(network)
    let answer = try #require(bench.requestCSR(network, suffix: suffix))
    #expect(answer.code == .changed)
    #expect(answer.format == .pkcs10)
    return (answer.payload, bench)
  }

  @Test("swift-certificates reads it and finds the key in possession", arguments: 0..<20)
  func swiftCertificates(round: Int) throws {
    let (bytes, bench) = try request(suffix: "devices.example")
    // The initialiser checks the signature; twenty rounds meet r and s with and without a leading zero.
    let request = try CertificateSigningRequest(derEncoded: bytes)
    #expect(request.version == .v1)
    #expect(request.publicKey.isValidSignature(request.signature, for: request))
    #expect(request.signatureAlgorithm == .ecdsaWithSHA256)
    #expect(String(describing: request.subject) == "CN=BENCH-0001,2.5.4.5=BENCH-0001,O=Test network")
    let key = try #require(bench.identityKey)
    #expect(request.publicKey == Certificate.PublicKey(key.publicKey))
    let attribute = try #require(try request.attributes.extensionRequest)
    let names = try #require(try attribute.extensions.subjectAlternativeNames)
    #expect(Array(names) == [.dnsName("bench-0001.devices.example")])
    var serializer = DER.Serializer()
    try serializer.serialize(request)
    #expect(serializer.serializedBytes == bytes, "its encoding is the one DER has for it")
  }

  @Test("Without a suffix it asks for no name")
  func withoutSuffix() throws {
    let request = try CertificateSigningRequest(derEncoded: try request(suffix: nil).0)
    #expect(request.attributes.isEmpty)
  }

  @Test("OpenSSL verifies it")
  func openSSL() throws {
    let (bytes, _) = try request(suffix: "devices.example")
    let file = FileManager.default.temporaryDirectory.appending(path: "muster-\(UUID().uuidString).csr")
    try Data(bytes).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/openssl")
    process.arguments = ["req", "-verify", "-noout", "-text", "-inform", "DER", "-in", file.path()]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(text.contains("self-signature verify OK"))
    #expect(text.contains("O = Test network, serialNumber = BENCH-0001, CN = BENCH-0001"))
    #expect(text.contains("DNS:bench-0001.devices.example"))
  }

  @Test("Asked again the device signs anew with the same key, also after a restart")
  func sameKey() throws {
    let (first, bench) = try request(suffix: nil)
    try bench.restart()
    let network = Array("Test network".utf8)
    let again = bench.ask(.post, "csr", .cbor, TestCBOR.map([1: .text(String(decoding: network, as: UTF8.self))]))
    let one = try CertificateSigningRequest(derEncoded: first)
    let two = try CertificateSigningRequest(derEncoded: try #require(again).payload)
    #expect(one.publicKey == two.publicKey)
    #expect(bench.keys.made.count == 1)
  }
}
