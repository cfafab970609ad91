import COSE
import Testing

@Suite struct HKDFTests {
  @Test("RFC 5869's test case 1")
  func published() throws {
    let crypto = SoftwareCryptography()
    var key = [UInt8](repeating: 0, count: 32)
    var span = key.mutableSpan
    let secret = [UInt8](repeating: 0x0B, count: 22)
    try HKDF.extract(salt: Array(0...0x0C as ClosedRange<UInt8>).span, secret: secret.span, into: &span, with: crypto)
    #expect(hexText(key) == "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5")

    var output = [UInt8](repeating: 0, count: 42)
    var room = output.mutableSpan
    let info = Array(0xF0...0xF9 as ClosedRange<UInt8>)
    try HKDF.expand(key: key.span, into: &room, with: crypto) { code throws(CryptoError) in try code.update(info.span) }
    #expect(
      hexText(output)
        == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")

    for count in [1, 16, 32] {
      var block = [UInt8](repeating: 0, count: count)
      var room = block.mutableSpan
      try HKDF.expandBlock(key: key.span, info: info.span, into: &room, with: crypto)
      #expect(block == Array(output.prefix(count)))
    }
  }

  @Test("One block is no more than 32 bytes")
  func moreThanABlock() throws {
    let crypto = SoftwareCryptography()
    let key = [UInt8](repeating: 1, count: 32)
    var output = [UInt8](repeating: 0, count: 33)
    #expect(throws: COSE.CryptoError.unsupported) {
      var room = output.mutableSpan
      try HKDF.expandBlock(key: key.span, info: key.span, into: &room, with: crypto)
    }
  }
}
