public import COSE
import Crypto
import Foundation

// Named, since swift-crypto has a type of that name too.
public import enum COSE.CryptoError

/// COSE's cryptography for servers and command lines, by swift-crypto. Keys live in memory for as long as this value does.
///
/// mbedTLS 2.28's PSA, which devices use, is not thread-safe and has no place in a server; the two providers check each other in tests.
public struct HostCryptography: Cryptography, Sendable {
  private var keys: [KeyID: SigningKey] = [:]

  /// A provider without keys.
  public init() {}

  /// Takes a key that comes from elsewhere, such as a key file.
  ///
  /// - Throws: `keyExists` if the identifier is taken.
  public mutating func add(_ key: SigningKey, as id: KeyID) throws(CryptoError) {
    guard keys[id] == nil else { throw .keyExists }
    keys[id] = key
  }

  public func makeHash() throws(CryptoError) -> HostSHA256 { HostSHA256() }

  public mutating func random(into bytes: inout MutableSpan<UInt8>) throws(CryptoError) {
    try bytes.write(randomBytes(bytes.count))
  }

  public mutating func generateSigningKey(_ id: KeyID) throws(CryptoError) {
    try add(SigningKey(), as: id)
  }

  public mutating func destroyKey(_ id: KeyID) throws(CryptoError) { keys[id] = nil }

  public mutating func hasKey(_ id: KeyID) -> Bool { keys[id] != nil }

  public mutating func publicKey(of id: KeyID, into point: inout MutableSpan<UInt8>) throws(CryptoError) {
    guard let key = keys[id] else { throw .noSuchKey }
    try point.write(Array(key.publicKey.x963Representation))
  }

  public mutating func sign(
    digest: Span<UInt8>, with id: KeyID, into signature: inout MutableSpan<UInt8>
  ) throws(CryptoError) {
    guard let key = keys[id] else { throw .noSuchKey }
    guard let digest = GivenDigest(digest) else { throw .unsupported }
    let made: [UInt8]
    do { made = try key.sign(digest) } catch { throw .failed }
    try signature.write(made)
  }

  public mutating func verify(
    _ signature: Span<UInt8>, digest: Span<UInt8>, publicKey: Span<UInt8>
  ) throws(CryptoError) {
    guard let digest = GivenDigest(digest), signature.count == 64 else { throw .unsupported }
    guard publicKey.count == 65, let key = try? P256.Signing.PublicKey(x963Representation: Array(span: publicKey))
    else { throw .badPoint }
    guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: Array(span: signature)),
      key.isValidSignature(signature, for: digest)
    else { throw .badSignature }
  }
}

/// SHA-256 by swift-crypto, behind COSE's protocol.
public struct HostSHA256: SHA256Hash, Sendable {
  private var hash = SHA256()

  public mutating func update(_ bytes: Span<UInt8>) throws(CryptoError) { hash.update(data: Array(span: bytes)) }

  public consuming func finish(into digest: inout MutableSpan<UInt8>) throws(CryptoError) {
    try digest.write(Array(hash.finalize()))
  }
}

/// A digest that was computed elsewhere, where swift-crypto wants one of its own.
struct GivenDigest: Digest {
  static let byteCount = 32

  private let bytes: [UInt8]

  init?(_ span: Span<UInt8>) {
    guard span.count == Self.byteCount else { return nil }
    bytes = Array(span: span)
  }

  var description: String { bytes.hexadecimal }

  func makeIterator() -> Array<UInt8>.Iterator { bytes.makeIterator() }

  func withUnsafeBytes<Value>(_ body: (UnsafeRawBufferPointer) throws -> Value) rethrows -> Value {
    try bytes.withUnsafeBytes(body)
  }
}

extension [UInt8] {
  init(span: Span<UInt8>) {
    self = span.indices.map { span[$0] }
  }
}

extension MutableSpan<UInt8> {
  /// Overwrites the whole span, whose length must be the one that was prescribed.
  fileprivate mutating func write(_ bytes: [UInt8]) throws(CryptoError) {
    guard bytes.count == count else { throw .unsupported }
    for index in bytes.indices { self[index] = bytes[index] }
  }
}
