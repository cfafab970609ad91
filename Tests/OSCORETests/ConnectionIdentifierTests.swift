import OSCORE
import Testing

@Suite struct ConnectionIdentifierTests {
  @Test(
    "One byte that is a small CBOR integer goes over the line as that integer",
    arguments: [
      ([0x00], 0x00), ([0x17], 0x17), ([0x18], nil), ([0x20], 0x20), ([0x37], 0x37), ([0x38], nil),
      ([0x00, 0x00], nil),
      ([], nil),
    ] as [([UInt8], UInt8?)])
  func integers(bytes: [UInt8], encoding: UInt8?) throws {
    let identifier = try #require(connectionIdentifier(bytes))
    #expect(identifier.integerEncoding == encoding)
  }

  @Test("Identifiers are equal in length and bytes, and never longer than the nonce allows")
  func equality() throws {
    let one = try #require(connectionIdentifier([1]))
    #expect(one != connectionIdentifier([1, 0]))
    #expect(one == connectionIdentifier([1]))
    #expect(connectionIdentifier([UInt8](repeating: 0, count: 8)) == nil)
  }
}

/// Outside the macros, which take no spans.
private func connectionIdentifier(_ bytes: [UInt8]) -> ConnectionIdentifier? { ConnectionIdentifier(bytes.span) }
