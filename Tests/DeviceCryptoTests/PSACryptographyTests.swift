import COSE
import DeviceCrypto
import Foundation
import Testing

import enum Crypto.P256
import struct Crypto.SHA256

extension PSATests {
  @Suite struct Cryptography {
    private let identity = PSATests.identity
    private let digest = [UInt8](SHA256.hash(data: Data("a message".utf8)))

    @Test("swift-crypto accepts a signature that PSA makes")
    func signatureOfPSA() throws {
      var crypto = try PSATests.cryptography()
      try crypto.generateSigningKey(identity)
      let key = try P256.Signing.PublicKey(x963Representation: crypto.publicKeyBytes(identity))
      let signature = try P256.Signing.ECDSASignature(rawRepresentation: crypto.signature(digest, by: identity))
      #expect(key.isValidSignature(signature, for: SHA256.hash(data: Data("a message".utf8))))
    }

    @Test("PSA accepts a signature that swift-crypto makes")
    func signatureOfSwiftCrypto() throws {
      var crypto = try PSATests.cryptography()
      let key = P256.Signing.PrivateKey()
      let signature = try key.signature(for: SHA256.hash(data: Data("a message".utf8)))
      let point = [UInt8](key.publicKey.x963Representation)
      try crypto.verify([UInt8](signature.rawRepresentation).span, digest: digest.span, publicKey: point.span)
    }

    @Test("No signature survives a change of any of its bits, or of the digest's")
    func changedSignature() throws {
      var crypto = try PSATests.cryptography()
      try crypto.generateSigningKey(identity)
      let point = try crypto.publicKeyBytes(identity)
      let signature = try crypto.signature(digest, by: identity)
      for bit in stride(from: 0, to: 512, by: 7) {
        var changed = signature
        changed[bit / 8] ^= 1 << (bit % 8)
        #expect(
          cryptoError { () throws(CryptoError) in
            try crypto.verify(changed.span, digest: digest.span, publicKey: point.span)
          } == .badSignature, "bit \(bit)")
      }
      var other = digest
      other[31] ^= 1
      #expect(
        cryptoError { () throws(CryptoError) in
          try crypto.verify(signature.span, digest: other.span, publicKey: point.span)
        } == .badSignature)
    }

    @Test("A public key that is no point of the curve is refused")
    func noPoint() throws {
      var crypto = try PSATests.cryptography()
      var point = [UInt8](P256.Signing.PrivateKey().publicKey.x963Representation)
      let signature = [UInt8](repeating: 1, count: 64)
      point[64] ^= 1
      #expect(
        cryptoError { () throws(CryptoError) in
          try crypto.verify(signature.span, digest: digest.span, publicKey: point.span)
        } == .badPoint)
    }

    @Test("A key that is there is never made again, and one that is destroyed is gone")
    func lifeOfAKey() throws {
      var crypto = try PSATests.cryptography()
      var isThere = try crypto.hasKey(identity)
      #expect(!isThere)
      try crypto.generateSigningKey(identity)
      let point = try crypto.publicKeyBytes(identity)
      isThere = try crypto.hasKey(identity)
      #expect(isThere)
      #expect(cryptoError { () throws(CryptoError) in try crypto.generateSigningKey(identity) } == .keyExists)
      let samePoint = try crypto.publicKeyBytes(identity)
      #expect(samePoint == point)
      try crypto.destroyKey(identity)
      try crypto.destroyKey(identity)
      isThere = try crypto.hasKey(identity)
      #expect(!isThere)
      #expect(cryptoError { () throws(CryptoError) in _ = try crypto.signature(digest, by: identity) } == .noSuchKey)
    }

    @Test("A key that cannot be read is not taken for one that is not there")
    func unreadable() throws {
      var crypto = try PSATests.cryptography()
      // mbedTLS's own storage on hosts: a file a key, named by its number.
      let file = String(format: "%016x.psa_its", identity.rawValue)
      try Data("not a key".utf8).write(to: URL(filePath: file))
      defer { try? FileManager.default.removeItem(atPath: file) }
      #expect(cryptoError { () throws(CryptoError) in _ = try crypto.hasKey(identity) } == .storage)
    }

    @Test("Buffers and inputs of another length than the protocol's are refused")
    func lengths() throws {
      var crypto = try PSATests.cryptography()
      try crypto.generateSigningKey(identity)
      for count in [0, 31, 33, 64] {
        let wrong = [UInt8](repeating: 1, count: count)
        #expect(
          cryptoError { () throws(CryptoError) in _ = try crypto.signature(wrong, by: identity) } == .unsupported)
      }
      for count in [0, 64, 66] {
        var bytes = [UInt8](repeating: 0, count: count)
        #expect(
          cryptoError { () throws(CryptoError) in
            var span = bytes.mutableSpan
            try crypto.publicKey(of: identity, into: &span)
          } == .unsupported)
      }
    }

    @Test("Random bytes differ from call to call")
    func random() throws {
      var crypto = try PSATests.cryptography()
      var draws: Set<[UInt8]> = []
      for _ in 0..<100 {
        var bytes = [UInt8](repeating: 0, count: 16)
        var span = bytes.mutableSpan
        try crypto.random(into: &span)
        draws.insert(bytes)
      }
      #expect(draws.count == 100)
    }
  }
}
