import COSE
import Crypto

/// A device's cryptography by swift-crypto, with a key table that outlives the device as flash would.
struct SoftwareCryptography: Cryptography, ~Copyable {
  /// The keys, by their identifiers.
  final class KeyTable {
    var keys: [KeyID: P256.Signing.PrivateKey] = [:]
  }

  struct Hash: SHA256Hash {
    var hash = SHA256()

    mutating func update(_ bytes: Span<UInt8>) {
      bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
    }

    consuming func finish(into digest: inout MutableSpan<UInt8>) throws(KeyError) {
      guard digest.count == 32 else { throw .unsupported }
      digest.replace(with: hash.finalize())
    }
  }

  let table: KeyTable

  func makeHash() -> Hash { Hash() }

  mutating func random(into bytes: inout MutableSpan<UInt8>) {
    for index in bytes.indices { bytes[index] = .random(in: 0...255) }
  }

  mutating func generateSigningKey(_ id: KeyID) throws(KeyError) {
    guard table.keys[id] == nil else { throw .keyExists }
    table.keys[id] = P256.Signing.PrivateKey()
  }

  mutating func destroyKey(_ id: KeyID) { table.keys[id] = nil }
  mutating func hasKey(_ id: KeyID) -> Bool { table.keys[id] != nil }

  mutating func publicKey(of id: KeyID, into point: inout MutableSpan<UInt8>) throws(KeyError) {
    guard let key = table.keys[id] else { throw .noSuchKey }
    guard point.count == 65 else { throw .unsupported }
    point.replace(with: key.publicKey.x963Representation)
  }

  mutating func sign(
    digest: Span<UInt8>, with id: KeyID, into signature: inout MutableSpan<UInt8>
  ) throws(KeyError) {
    guard let key = table.keys[id] else { throw .noSuchKey }
    guard signature.count == 64, let made = try? key.signature(for: Digest(digest)) else { throw .unsupported }
    signature.replace(with: made.rawRepresentation)
  }

  mutating func verify(_ signature: Span<UInt8>, digest: Span<UInt8>, publicKey: Span<UInt8>) throws(KeyError) {
    guard let key = try? P256.Signing.PublicKey(x963Representation: [UInt8](publicKey)) else { throw .badPoint }
    guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: [UInt8](signature)),
      key.isValidSignature(signature, for: Digest(digest))
    else { throw .badSignature }
  }

  /// A digest computed elsewhere, in the form swift-crypto wants.
  private struct Digest: Crypto.Digest {
    static var byteCount: Int { 32 }
    let bytes: [UInt8]

    init(_ span: Span<UInt8>) { bytes = [UInt8](span) }

    func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
      try bytes.withUnsafeBytes(body)
    }
    func makeIterator() -> Array<UInt8>.Iterator { bytes.makeIterator() }
    static func == (left: Digest, right: Digest) -> Bool { left.bytes == right.bytes }
    func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
    var description: String { "\(bytes)" }
  }
}

extension MutableSpan where Element == UInt8 {
  fileprivate mutating func replace(with bytes: some Sequence<UInt8>) {
    for (index, byte) in bytes.enumerated() { self[index] = byte }
  }
}

extension [UInt8] {
  init(_ span: Span<UInt8>) { self = span.withUnsafeBufferPointer { Array($0) } }
}
