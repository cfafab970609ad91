import Crypto
import TestKit
import Testing

@testable import COSE

@Suite("cbor2 and pycose agree")
struct OracleTests {
  @Test("cbor2 reads what we write and would write it alike")
  func cbor() throws {
    var random = SplitMix(seed: 8949)
    let ours = try (0..<400).map { _ in hexText(try Value(using: &random).written()) }
    let theirs = try Oracle.run("cbor2_values.py", lines: ours)
    #expect(theirs == ours)
  }

  @Test("pycose verifies our signatures, and finds the one that is not")
  func theyVerify() throws {
    var random = SplitMix(seed: 9052)
    let key = P256.Signing.PrivateKey()
    var signer = Signer(key)
    var lines = [hexText(Array(key.rawRepresentation))]
    var expected: [String] = []
    for count in [0, 1, 23, 24, 90, 255, 256, 600] {
      let payload = random.bytes(count)
      let aad = random.bytes(count % 5)
      let object = try signer.sign(payload, keyIdentifier: random.bytes(count % 9), externalAAD: aad)
      lines.append("verify \(hexText(object)) \(Self.field(aad))")
      expected.append(Self.field(payload))
    }
    var forged = try signer.sign([1, 2, 3])
    forged[forged.count - 1] ^= 1
    lines.append("verify \(hexText(forged)) -")
    let theirs = try Oracle.run("pycose_sign1.py", lines: lines)
    #expect(theirs == expected + ["bad"])
  }

  @Test("We verify pycose's signatures")
  func weVerify() throws {
    var random = SplitMix(seed: 9053)
    let key = P256.Signing.PrivateKey()
    var signer = Signer(key)
    let cases = [0, 1, 24, 300].map { count in
      (payload: random.bytes(count), kid: random.bytes(count % 7), aad: random.bytes(count % 3))
    }
    let lines = cases.map { "sign \(Self.field($0.payload)) \(Self.field($0.kid)) \(Self.field($0.aad))" }
    let objects = try Oracle.run("pycose_sign1.py", lines: [hexText(Array(key.rawRepresentation))] + lines)
    try #require(objects.count == cases.count)
    for (object, expected) in zip(objects, cases) {
      #expect(try signer.open(hex(object), externalAAD: expected.aad) == expected.payload)
    }
  }

  private static func field(_ bytes: [UInt8]) -> String {
    bytes.isEmpty ? "-" : hexText(bytes)
  }
}
