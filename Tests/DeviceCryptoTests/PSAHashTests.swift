import COSE
import DeviceCrypto
import Testing

import struct Crypto.SHA256

extension PSATests {
  @Suite struct Hash {
    @Test("A hash over pieces is swift-crypto's hash over the whole", arguments: [0, 1, 55, 56, 63, 64, 65, 1000])
    func pieces(count: Int) throws {
      let crypto = try PSATests.cryptography()
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
      for piece in [1, 13, 64] {
        var hash = try crypto.makeHash()
        for start in stride(from: 0, to: count, by: piece) {
          try hash.update(bytes.span.extracting(start..<min(start + piece, count)))
        }
        var digest = [UInt8](repeating: 0, count: 32)
        var span = digest.mutableSpan
        try hash.finish(into: &span)
        #expect(digest == [UInt8](SHA256.hash(data: bytes)))
      }
    }

    @Test("A digest goes into 32 bytes and no other number of them")
    func digestLength() throws {
      let crypto = try PSATests.cryptography()
      for count in [0, 31, 33] {
        var hash = try crypto.makeHash()
        var digest = [UInt8](repeating: 0, count: count)
        #expect(
          cryptoError { () throws(CryptoError) in
            var span = digest.mutableSpan
            try hash.finish(into: &span)
          } == .unsupported)
      }
    }
  }
}
