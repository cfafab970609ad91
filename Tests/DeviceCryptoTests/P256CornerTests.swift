import COSE
import DeviceCrypto
import Testing

extension PSATests {
  /// Signatures whose verification meets the cases that a curve's addition has to treat apart, and numbers at the edges.
  ///
  /// The vectors were made for this test: a private key d and a nonce k chosen, r from kG, and the digest taken to be rd (or
  /// -rd) modulo the group's order, so that both summands of the verification are the same point (or opposite ones).
  @Suite struct Corners {
    private let point =
      "048f84de53c4f611cebe04cd4f693f7769dee8918155bc273580d6b559c80de177"
      + "183b5ac4cf99f553437f7928a8e70caca4d100baf074fd016e6bcb94a4361ef7"
    private let r = "716bf37c234adacf96f7133ce2b8b483c19f7632f4219286e926c0c7b5dedefe"
    private let order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
    private let zero = String(repeating: "0", count: 64)

    private func verdict(digest: String, r: String, s: String) throws -> CryptoError? {
      var crypto = try PSATests.cryptography()
      return cryptoError { () throws(CryptoError) in
        try crypto.verify(bytes(r + s).span, digest: bytes(digest).span, publicKey: bytes(point).span)
      }
    }

    @Test("One point twice is doubled, and the signature is good")
    func twice() throws {
      let digest = "474b7f6f9796c915494f017f6331e613fad8e02f244bd380b6c2abda5b159772"
      let s = "57932a423403239f6e9a9e6fa1826572c9169eae7cd19ba608c2759807abb8ec"
      let good = try verdict(digest: digest, r: r, s: s)
      #expect(good == nil)
    }

    @Test("A point and its negative have no sum, and the signature is bad, whatever s is")
    func opposite() throws {
      let digest = "b8b4808f686936ebb6b0fe809cce19ebc20e1a7e82cbcb043cf71ee8a14d8ddf"
      for s in [String(zero.dropLast()) + "1", "57932a423403239f6e9a9e6fa1826572c9169eae7cd19ba608c2759807abb8ec"] {
        let verdict = try verdict(digest: digest, r: r, s: s)
        #expect(verdict == .badSignature)
      }
    }

    @Test("Zero, the order and what is above it are no part of a signature")
    func edges() throws {
      let ones = String(repeating: "f", count: 64)
      for number in [zero, order, ones] {
        let asR = try verdict(digest: r, r: number, s: r)
        let asS = try verdict(digest: r, r: r, s: number)
        let asBoth = try verdict(digest: zero, r: number, s: number)
        #expect([asR, asS, asBoth] == [.badSignature, .badSignature, .badSignature], "\(number)")
      }
    }

    private func bytes(_ hex: String) -> [UInt8] {
      let digits = Array(hex.utf8).map { UInt8($0 < 0x40 ? $0 - 0x30 : $0 - 0x57) }
      return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
  }
}
