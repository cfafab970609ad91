public import COSE
import Crypto

// Named, since swift-crypto has a type of that name too.
public import enum COSE.CryptoError

/// SHA-256 by swift-crypto, behind COSE's protocol.
public struct HostSHA256: SHA256Hash, Sendable {
  private var hash = SHA256()

  public mutating func update(_ bytes: Span<UInt8>) throws(CryptoError) {
    bytes.withUnsafeBufferPointer { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
  }

  public mutating func finish(into digest: inout MutableSpan<UInt8>) throws(CryptoError) {
    guard digest.count == SHA256.byteCount else { throw .unsupported }
    let made = hash.finalize()
    digest.withUnsafeMutableBufferPointer { digest in
      made.withUnsafeBytes { UnsafeMutableRawBufferPointer(digest).copyMemory(from: $0) }
    }
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
