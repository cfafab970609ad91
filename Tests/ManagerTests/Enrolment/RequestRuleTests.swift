import Crypto
import Foundation
import PKI
import Testing
import X509

@testable import Manager

@Suite("What a device's signing request must be")
struct RequestRuleTests {
  let policy = EnrolmentPolicy(network: "plant", nameSuffix: "plant.example")
  let key = SigningKey()

  private func rule() throws -> RequestRule { RequestRule(policy: policy, device: try DeviceID("D1")) }

  private func request(
    organization: String? = "plant", serialNumber: String? = "D1", commonName: String = "D1",
    names: [String] = ["d1.plant.example"], addresses: [[UInt8]] = []
  ) throws -> [UInt8] {
    try CertificationRequest(
      subject: Subject(organization: organization, serialNumber: serialNumber, commonName: commonName),
      dnsNames: names, ipAddresses: addresses, key: key
    ).derBytes
  }

  private func reason(_ bytes: [UInt8]) throws -> String {
    try #require(throws: RequestRefusal.self) { try rule().check(bytes) }.reason
  }

  @Test("The request of docs/spec/device.md is good, and its bytes stay as they are")
  func good() throws {
    let bytes = try request()
    #expect(try rule().check(bytes).derBytes == bytes)
  }

  @Test("Another subject or other names are refused, each with its reason")
  func refusals() throws {
    #expect(try reason(try request(organization: "other")) == "network-wrong")
    #expect(try reason(try request(organization: nil)) == "subject-not-of-profile")
    #expect(try reason(try request(serialNumber: nil)) == "subject-not-of-profile")
    #expect(try reason(try request(serialNumber: "D2")) == "serial-number-wrong")
    #expect(try reason(try request(commonName: "D2")) == "serial-number-wrong")
    #expect(try reason(try request(names: [])) == "names-not-allowed")
    #expect(try reason(try request(names: ["d2.plant.example"])) == "names-not-allowed")
    #expect(try reason(try request(names: ["d1.plant.example", "x.example"])) == "names-not-allowed")
    #expect(try reason(try request(addresses: [[10, 0, 0, 1]])) == "names-not-allowed")
  }

  @Test("A request whose signature does not hold proves no possession")
  func possession() throws {
    var bytes = try request()
    bytes[bytes.count - 1] ^= 1
    #expect(try reason(bytes) == "possession-not-proven")
  }

  @Test("A key that is not P-256 is refused")
  func otherCurve() throws {
    let request = try CertificateSigningRequest(
      version: .v1, subject: Subject(organization: "plant", serialNumber: "D1", commonName: "D1").name,
      privateKey: .init(P384.Signing.PrivateKey()), attributes: .init(), signatureAlgorithm: .ecdsaWithSHA384)
    #expect(try reason(request.derBytesForTest()) == "key-not-p256")
  }

  @Test("Every truncation and every flipped byte is refused: nothing but the request itself passes")
  func mutations() throws {
    let bytes = try request()
    let rule = try rule()
    for count in 0..<bytes.count {
      #expect(throws: RequestRefusal.self) { try rule.check(Array(bytes.prefix(count))) }
    }
    for index in bytes.indices {
      var flipped = bytes
      flipped[index] ^= 0x01
      #expect(throws: RequestRefusal.self, "byte \(index)") { try rule.check(flipped) }
    }
  }

  @Test("Without a suffix a device has no name, and an id that ends in a hyphen cannot be a label")
  func names() throws {
    #expect(EnrolmentPolicy(network: "plant").dnsName(of: try DeviceID("D1")) == nil)
    #expect(policy.dnsName(of: try DeviceID("D1-")) == nil)
    #expect(policy.dnsName(of: try DeviceID("D1")) == "d1.plant.example")
  }
}
