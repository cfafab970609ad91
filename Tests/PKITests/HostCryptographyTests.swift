import COSE
import Crypto
import PKI
import Testing

import enum COSE.CryptoError

@Suite("COSE's cryptography on servers")
struct HostCryptographyTests {
  @Test("A signature over a digest verifies, here and in swift-crypto; another digest's does not")
  func signatures() throws {
    var crypto = HostCryptography()
    let id = KeyID(rawValue: 7)
    try crypto.generateSigningKey(id)
    let message = Array("hello".utf8)
    let digest = try hash(crypto, message)
    #expect(digest == Array(SHA256.hash(data: message)))
    let point = try filled(65) { bytes throws(CryptoError) in try crypto.publicKey(of: id, into: &bytes) }
    let signature = try filled(64) { bytes throws(CryptoError) in
      try crypto.sign(digest: digest.span, with: id, into: &bytes)
    }
    try crypto.verify(signature.span, digest: digest.span, publicKey: point.span)
    let key = try P256.Signing.PublicKey(x963Representation: point)
    #expect(key.isValidSignature(try .init(rawRepresentation: signature), for: message))

    let other = try hash(crypto, message + [0])
    #expect(throws: CryptoError.badSignature) {
      try crypto.verify(signature.span, digest: other.span, publicKey: point.span)
    }
    #expect(throws: CryptoError.badPoint) {
      try crypto.verify(signature.span, digest: digest.span, publicKey: [UInt8](repeating: 4, count: 65).span)
    }
    #expect(throws: CryptoError.unsupported) {
      try crypto.verify(signature.span, digest: message.span, publicKey: point.span)
    }
  }

  @Test("Keys are neither overwritten nor found after they are destroyed")
  func keys() throws {
    var crypto = HostCryptography()
    let id = KeyID(rawValue: 1)
    try crypto.add(SigningKey(), as: id)
    #expect(throws: CryptoError.keyExists) { try crypto.generateSigningKey(id) }
    var isThere = crypto.hasKey(id)
    #expect(isThere)
    try crypto.destroyKey(id)
    try crypto.destroyKey(id)
    isThere = crypto.hasKey(id)
    #expect(!isThere)
    #expect(throws: CryptoError.noSuchKey) {
      _ = try filled(65) { bytes throws(CryptoError) in try crypto.publicKey(of: id, into: &bytes) }
    }
  }

  @Test("Random bytes fill the buffer")
  func random() throws {
    var crypto = HostCryptography()
    let bytes = try filled(64) { bytes throws(CryptoError) in try crypto.random(into: &bytes) }
    #expect(bytes.contains { $0 != 0 })
  }

  private func hash(_ crypto: borrowing HostCryptography, _ bytes: [UInt8]) throws(CryptoError) -> [UInt8] {
    var hash = try crypto.makeHash()
    // In two pieces.
    let (head, tail) = (Array(bytes.prefix(2)), Array(bytes.dropFirst(2)))
    try hash.update(head.span)
    try hash.update(tail.span)
    return try finish(hash)
  }

  private func finish(_ hash: HostSHA256) throws(CryptoError) -> [UInt8] {
    var hash = hash
    return try filled(32) { bytes throws(CryptoError) in try hash.finish(into: &bytes) }
  }

  private func filled(
    _ count: Int, _ body: (inout MutableSpan<UInt8>) throws(CryptoError) -> Void
  ) throws(CryptoError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var span = bytes.mutableSpan
    try body(&span)
    return bytes
  }
}
