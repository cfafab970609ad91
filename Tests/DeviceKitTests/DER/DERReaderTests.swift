import Testing

@testable import DeviceKit

@Suite("The DER reader")
struct DERReaderTests {
  private func first(_ bytes: [UInt8]) throws(CertificateRefusal) -> Range<Int> {
    var reader = DERReader(bytes.span, from: 0, to: bytes.count)
    let content = reader.nextOfAnyTag()
    try reader.finish()
    return content
  }

  @Test("Lengths of every form are read", arguments: [0, 1, 127, 128, 255, 256, 1024])
  func lengths(count: Int) throws {
    let bytes = der(0x04, [UInt8](repeating: 1, count: count))
    #expect(try first(bytes) == bytes.count - count..<bytes.count)
  }

  @Test(
    "What DER does not allow is malformed",
    arguments: [
      [0x04], [0x04, 0x01], [0x04, 0x80, 0x00, 0x00], [0x04, 0x81, 0x7F] + [UInt8](repeating: 0, count: 127),
      [0x04, 0x82, 0x00, 0xFF] + [UInt8](repeating: 0, count: 255), [0x04, 0x83, 0x00, 0x00, 0x01, 0x00],
      [0x1F, 0x01, 0x00], [0x04, 0x81], [0x04, 0x82, 0x01], [0x04, 0xFF], [],
    ])
  func refuses(bytes: [UInt8]) {
    #expect(throws: CertificateRefusal.malformed) { try first(bytes) }
  }

  @Test("An element that is entered has to be read whole before it is left")
  func leaving() throws {
    let bytes = der(0x30, der(0x02, [1]), der(0x02, [2]))
    var reader = DERReader(bytes.span, from: 0, to: bytes.count)
    reader.enter(0x30)
    _ = reader.next(0x02)
    _ = reader.next(0x02)
    reader.leave()
    try reader.finish()
    var early = DERReader(bytes.span, from: 0, to: bytes.count)
    early.enter(0x30)
    _ = early.next(0x02)
    early.leave()
    #expect(fault(of: early) == .malformed)
  }

  @Test("The first fault sticks, and nothing is read after it")
  func stickyFaults() {
    let bytes = der(0x30, der(0x02, [1]), der(0x02, [2]))
    var reader = DERReader(bytes.span, from: 0, to: bytes.count)
    reader.enter(0x30)
    reader.require(false, .version)
    let content = reader.next(0x02)
    #expect(content.isEmpty)
    let isAtEnd = reader.isAtEnd
    #expect(isAtEnd)
    reader.require(false, .name)
    reader.leave()
    #expect(fault(of: reader) == .version)
  }

  private func fault(of reader: borrowing DERReader) -> CertificateRefusal? {
    do {
      try reader.finish()
      return nil
    } catch {
      return error
    }
  }

  @Test("What the writer writes the reader reads", arguments: [0, 1, 100, 127, 128, 200, 255, 256, 300])
  func roundTrip(count: Int) throws {
    var buffer = [UInt8](repeating: 0, count: 400)
    var span = buffer.mutableSpan
    var writer = DERWriter(&span)
    writer.begin(0x30)
    writer.element(0x04, [UInt8](repeating: 0xAB, count: count).span)
    writer.octets(.signedData)
    writer.element(0x30, .keyOnP256)
    writer.end()
    let (overflowed, written) = (writer.overflowed, writer.written.array)
    #expect(!overflowed)
    let expected = der(
      0x30, der(0x04, [UInt8](repeating: 0xAB, count: count)), OID.signedData,
      der(0x30, OID.ecPublicKey, OID.prime256v1))
    #expect(written == expected)
  }

  @Test("A buffer too short by any number of octets overflows and never traps")
  func overflow() {
    let whole = der(0x30, der(0x04, [UInt8](repeating: 0xAB, count: 130))).count
    for room in 0..<whole {
      var buffer = [UInt8](repeating: 0, count: room)
      var span = buffer.mutableSpan
      var writer = DERWriter(&span)
      writer.begin(0x30)
      writer.element(0x04, [UInt8](repeating: 0xAB, count: 130).span)
      writer.end()
      let overflowed = writer.overflowed
      #expect(overflowed, "room for \(room)")
    }
  }
}
