import Testing

@testable import DeviceKit

@Suite("Times in certificates")
struct CertificateTimeTests {
  private func read(_ tag: UInt8, _ text: String) throws(CertificateRefusal) -> UInt64 {
    let bytes = der(tag, Array(text.utf8))
    var reader = DERReader(bytes.span, from: 0, to: bytes.count)
    let seconds = CertificateTime.read(&reader)
    try reader.finish()
    return seconds
  }

  @Test(
    "Seconds since 1970",
    arguments: [
      ("700101000000Z", 0), ("991231235959Z", 946_684_799), ("000229120000Z", 951_825_600),
      ("260731120000Z", 1_785_499_200), ("491231235959Z", 2_524_607_999), ("000301000000Z", 951_868_800),
    ] as [(String, UInt64)])
  func utcTime(text: String, seconds: UInt64) throws {
    #expect(try read(0x17, text) == seconds)
  }

  @Test(
    "Seconds since 1970 beyond 2049",
    arguments: [
      ("20500101000000Z", 2_524_608_000), ("21000301000000Z", 4_107_542_400), ("99991231235959Z", 253_402_300_799),
      ("24000229000000Z", 13_574_563_200),
    ] as [(String, UInt64)])
  func generalizedTime(text: String, seconds: UInt64) throws {
    #expect(try read(0x18, text) == seconds)
  }

  @Test(
    "What RFC 5280 does not allow",
    arguments: [
      (0x17, "690101000000Z"), (0x17, "260001000000Z"), (0x17, "261301000000Z"), (0x17, "260100000000Z"),
      (0x17, "260132000000Z"), (0x17, "260431000000Z"), (0x17, "260229000000Z"), (0x17, "260101240000Z"),
      (0x17, "260101006000Z"), (0x17, "260101000060Z"), (0x17, "26010100000 Z"), (0x17, "2601010000:0Z"),
      (0x17, "260101000000z"), (0x17, "2601010000Z"), (0x17, ""), (0x18, "20491231235959Z"),
      (0x18, "21000229000000Z"), (0x18, "20500101000000.5Z"), (0x18, "205001010000Z"), (0x16, "260101000000Z"),
    ] as [(UInt8, String)])
  func refused(tag: UInt8, text: String) {
    #expect(throws: CertificateRefusal.time) { try read(tag, text) }
  }
}
