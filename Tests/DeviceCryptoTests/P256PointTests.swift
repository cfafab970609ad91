import COSE
import DeviceCrypto
import Foundation
import TestKit
import Testing

import enum Crypto.P256

/// Points out of their x, held against swift-crypto. Not in `PSATests`: there is no PSA in it.
@Suite struct P256PointTests {
  private func point(_ x: [UInt8]) throws(CryptoError) -> [UInt8] {
    var point = [UInt8](repeating: 0, count: 65)
    var span = point.mutableSpan
    try P256Point.complete(x: x.span, into: &span)
    return point
  }

  /// The two points with this x by swift-crypto; none when there are none.
  private func expected(_ x: [UInt8]) -> [[UInt8]] {
    [2, 3].compactMap { sign in
      (try? P256.KeyAgreement.PublicKey(compressedRepresentation: [sign] + x)).map { [UInt8]($0.x963Representation) }
    }
  }

  @Test("A key's point comes back out of its x", arguments: UInt64(0)..<200)
  func keys(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let key = try P256.KeyAgreement.PrivateKey(rawRepresentation: random.bytes(32))
    let x = [UInt8](key.publicKey.rawRepresentation.prefix(32))
    #expect(expected(x).contains(try point(x)), "seed \(seed)")
  }

  @Test("Half of all numbers are no point's x, and swift-crypto says the same of which")
  func numbers() throws {
    var random = SplitMix(seed: 7)
    var points = 0
    for number in 0..<400 {
      try check(random.bytes(32), "number \(number)", &points)
    }
    #expect((150...250).contains(points))
  }

  @Test("Numbers at the ends of the field, with few and with many ones")
  func extremes() throws {
    var points = 0
    let prime = "ffffffff00000001000000000000000000000000ffffffffffffffffffff"
    for end in ["ffff", "fffe", "fffd", "fffc", "0000", "ff00"] { try check(bytes(prime + end), end, &points) }
    for byte in 0..<32 {
      for value in [0x00, 0x01, 0x80, 0xFF] as [UInt8] {
        for filling in [0x00, 0xFF] as [UInt8] {
          var x = [UInt8](repeating: filling, count: 32)
          x[byte] = value
          try check(x, "byte \(byte) of \(filling) is \(value)", &points)
        }
      }
    }
    #expect(points > 20)
  }

  @Test("The prime itself, and all above, are refused although they are congruent to x of points")
  func aboveThePrime() {
    // The prime and 0, 5 and 6 more: as numbers of the field, x of points.
    for x in [
      "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
      "ffffffff00000001000000000000000000000001000000000000000000000004",
      "ffffffff00000001000000000000000000000001000000000000000000000005",
    ] {
      #expect(cryptoError { () throws(CryptoError) in _ = try point(bytes(x)) } == .badPoint, "\(x)")
    }
  }

  private func check(_ x: [UInt8], _ what: String, _ points: inout Int) throws {
    let candidates = expected(x)
    if candidates.isEmpty {
      #expect(cryptoError { () throws(CryptoError) in _ = try point(x) } == .badPoint, "\(what)")
    } else {
      points += 1
      #expect(candidates.contains(try point(x)), "\(what)")
    }
  }

  private func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = hexadecimal.map { UInt8($0.hexDigitValue ?? 0) }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
