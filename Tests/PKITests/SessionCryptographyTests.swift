import COSE
import Crypto
import Foundation
import PKI
import TestKit
import Testing

import enum COSE.CryptoError

@Suite("A session's cryptography on servers")
struct SessionCryptographyTests {
  /// RFC 3610 §8, packet vectors 1 to 3: the header is authenticated, the rest encrypted.
  @Test(
    "RFC 3610's packets come out as they stand there",
    arguments: [
      ("00000003020100a0a1a2a3a4a5", 31, "588c979a61c663d2f066d0c2c0f989806d5f6b61dac38417e8d12cfdf926e0"),
      ("00000004030201a0a1a2a3a4a5", 32, "72c91a36e135f8cf291ca894085c87e3cc15c439c9e43a3ba091d56e10400916"),
      ("00000005040302a0a1a2a3a4a5", 33, "51b1e5f44a197d1da46b0f8e2d282ae871e838bb64da8596574adaa76fbd9fb0c5"),
    ])
  func packets(nonce: String, packetBytes: UInt8, ciphertext: String) throws {
    try check(
      key: [UInt8](0xC0...0xCF), nonce: bytes(nonce), additionalData: [UInt8](0..<8),
      plaintext: [UInt8](8..<packetBytes), ciphertext: bytes(ciphertext))
  }

  @Test("Python's cryptography seals and agrees alike", .enabled(if: Tool.python != nil), arguments: 0..<3)
  func oracle(seed: Int) throws {
    struct Answer: Decodable {
      var sealed: [[String: String]]
      var agreements: [[String: String]]
    }
    let script = Tool.checkout.appendingPathComponent("Tests/PKITests/oracle/session.py").path
    let output = try Tool.run(try #require(Tool.python), [script, String(seed)])
    let answer = try JSONDecoder().decode(Answer.self, from: Data(output))
    for vector in answer.sealed {
      func part(_ name: String) throws -> [UInt8] { bytes(try #require(vector[name])) }
      try check(
        key: part("key"), nonce: part("nonce"), additionalData: part("additionalData"), plaintext: part("plaintext"),
        ciphertext: part("ciphertext"))
    }
    for vector in answer.agreements {
      var crypto = HostCryptography()
      try crypto.add(AgreementKey(pem: try #require(vector["pem"])), as: identity)
      let secret = try agree(&crypto, identity, bytes(try #require(vector["peerX"])))
      #expect(secret == bytes(try #require(vector["secret"])), "seed \(seed)")
    }
  }

  @Test("No bit of ciphertext, tag, key, nonce or additional data may change")
  func changed() throws {
    var crypto = HostCryptography()
    let (key, nonce, header) = (randomBytes(16), randomBytes(13), randomBytes(9))
    let plaintext = randomBytes(20)
    let sealed = try seal(&crypto, plaintext, key, nonce, header)
    func opens(_ parts: [[UInt8]]) throws -> Bool {
      do throws(CryptoError) {
        return try open(&crypto, parts[0], parts[1], parts[2], parts[3]) == plaintext
      } catch {
        #expect(error == .badTag)
        return false
      }
    }
    let good = [sealed, key, nonce, header]
    #expect(try opens(good))
    for part in good.indices {
      for bit in 0..<good[part].count * 8 {
        var parts = good
        parts[part][bit / 8] ^= 1 << (bit % 8)
        #expect(try !opens(parts), "part \(part), bit \(bit)")
      }
    }
    for count in 0..<sealed.count {
      #expect(try !opens([Array(sealed.prefix(count)), key, nonce, header]), "\(count) bytes")
    }
    #expect(try !opens([sealed, key, nonce, []]))
  }

  @Test("Keys, nonces, points and secrets of another length are refused")
  func lengths() throws {
    var crypto = HostCryptography()
    try crypto.generateAgreementKey(identity)
    let bytes = [UInt8](repeating: 1, count: 40)
    for (key, nonce, text) in [(15, 13, 9), (17, 13, 9), (0, 13, 9), (16, 12, 9), (16, 14, 9), (16, 0, 9), (16, 13, 7)]
    {
      #expect(throws: CryptoError.unsupported, "key \(key), nonce \(nonce), buffer \(text)") {
        var buffer = Array(bytes.prefix(text))
        var span = buffer.mutableSpan
        try crypto.seal(
          &span, key: Array(bytes.prefix(key)).span, nonce: Array(bytes.prefix(nonce)).span,
          additionalData: bytes.span)
      }
    }
    #expect(throws: CryptoError.unsupported) {
      var buffer = [UInt8](repeating: 0, count: 0x1_0000 + 8)
      var span = buffer.mutableSpan
      try crypto.seal(
        &span, key: Array(bytes.prefix(16)).span, nonce: Array(bytes.prefix(13)).span, additionalData: bytes.span)
    }
    for (peer, secret) in [(31, 32), (33, 32), (32, 31), (32, 33)] {
      #expect(throws: CryptoError.unsupported) {
        _ = try agree(&crypto, identity, Array(bytes.prefix(peer)), secretBytes: secret)
      }
    }
  }

  @Test("Both sides come to one secret, and swift-crypto to the same, whichever y was meant", arguments: 0..<20)
  func agreement(round: Int) throws {
    var crypto = HostCryptography()
    try crypto.generateAgreementKey(identity)
    let ephemeral = try crypto.generateEphemeralKey()
    let theirs = P256.KeyAgreement.PrivateKey()
    for id in [identity, ephemeral] {
      let point = try publicKey(&crypto, id)
      let secret = try agree(&crypto, id, Array(theirs.publicKey.rawRepresentation.prefix(32)))
      let ours = try P256.KeyAgreement.PublicKey(x963Representation: point)
      let expected = try theirs.sharedSecretFromKeyAgreement(with: ours)
      #expect(secret == expected.withUnsafeBytes { Array($0) })
    }
  }

  @Test("An x without a point is refused")
  func noPoint() throws {
    var crypto = HostCryptography()
    try crypto.generateAgreementKey(identity)
    // The field's prime, a number above it, and the least x whose x³ - 3x + b is no square.
    let prime = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"
    for x in [prime, String(repeating: "f", count: 64), String(repeating: "0", count: 63) + "1"] {
      #expect(throws: CryptoError.badPoint, "\(x)") { _ = try agree(&crypto, identity, bytes(x)) }
    }
  }

  @Test("A key does what it was made for and nothing else")
  func purposes() throws {
    var crypto = HostCryptography()
    let signing = KeyID(rawValue: 2)
    try crypto.generateAgreementKey(identity)
    try crypto.generateSigningKey(signing)
    let x = Array(P256.KeyAgreement.PrivateKey().publicKey.rawRepresentation.prefix(32))
    #expect(throws: CryptoError.unsupported) { _ = try agree(&crypto, signing, x) }
    #expect(throws: CryptoError.noSuchKey) { _ = try agree(&crypto, KeyID(rawValue: 3), x) }
    #expect(throws: CryptoError.unsupported) {
      var signature = [UInt8](repeating: 0, count: 64)
      var span = signature.mutableSpan
      try crypto.sign(digest: x.span, with: identity, into: &span)
    }
    #expect(throws: CryptoError.keyExists) { try crypto.generateAgreementKey(signing) }
    #expect(throws: CryptoError.keyExists) { try crypto.add(AgreementKey(), as: identity) }
  }

  @Test("Ephemeral keys get identifiers of their own, beyond those of applications")
  func ephemeralKeys() throws {
    var crypto = HostCryptography()
    var seen: Set<KeyID> = []
    for round in 0..<50 {
      let id = try crypto.generateEphemeralKey()
      #expect(id.rawValue > 0x3FFF_FFFF)
      #expect(seen.insert(id).inserted)
      guard round % 2 == 0 else { continue }
      try crypto.destroyKey(id)
      let isThere = crypto.hasKey(id)
      #expect(!isThere)
    }
  }

  @Test("An agreement key survives its file")
  func keyFile() throws {
    let path = try Scratch().path + "-edhoc.key"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let key = try KeyFile.createAgreementKey(path)
    #expect(try KeyFile.readAgreementKey(path).coordinates == key.coordinates)
    #expect(key.coordinates.count == 64)
    #expect(throws: PKIError.self) { try KeyFile.createAgreementKey(path) }
  }

  private let identity = KeyID(rawValue: 1)

  private func check(
    key: [UInt8], nonce: [UInt8], additionalData: [UInt8], plaintext: [UInt8], ciphertext: [UInt8]
  ) throws {
    var crypto = HostCryptography()
    #expect(try seal(&crypto, plaintext, key, nonce, additionalData) == ciphertext)
    #expect(try open(&crypto, ciphertext, key, nonce, additionalData) == plaintext)
  }

  private func seal(
    _ crypto: inout HostCryptography, _ plaintext: [UInt8], _ key: [UInt8], _ nonce: [UInt8], _ header: [UInt8]
  ) throws(CryptoError) -> [UInt8] {
    var buffer = plaintext + [UInt8](repeating: 0, count: 8)
    var span = buffer.mutableSpan
    try crypto.seal(&span, key: key.span, nonce: nonce.span, additionalData: header.span)
    return buffer
  }

  private func open(
    _ crypto: inout HostCryptography, _ sealed: [UInt8], _ key: [UInt8], _ nonce: [UInt8], _ header: [UInt8]
  ) throws(CryptoError) -> [UInt8] {
    var buffer = sealed
    var span = buffer.mutableSpan
    try crypto.open(&span, key: key.span, nonce: nonce.span, additionalData: header.span)
    return Array(buffer.dropLast(8))
  }

  private func agree(
    _ crypto: inout HostCryptography, _ id: KeyID, _ x: [UInt8], secretBytes: Int = 32
  ) throws(CryptoError) -> [UInt8] {
    var secret = [UInt8](repeating: 0, count: secretBytes)
    var span = secret.mutableSpan
    try crypto.agree(id, peerX: x.span, into: &span)
    return secret
  }

  private func publicKey(_ crypto: inout HostCryptography, _ id: KeyID) throws(CryptoError) -> [UInt8] {
    var point = [UInt8](repeating: 0, count: 65)
    var span = point.mutableSpan
    try crypto.publicKey(of: id, into: &span)
    return point
  }

  private func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = hexadecimal.map { UInt8($0.hexDigitValue ?? 0) }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
