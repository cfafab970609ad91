import TestKit
import Testing

@testable import COSE

@Suite("UTF-8")
struct UTF8Tests {
  @Test("A scalar's encoding is accepted: all of the first plane, every eleventh beyond")
  func scalars() {
    for value in [Array(UInt32(0)...0xFFFF), Array(stride(from: 0x1_0000, through: 0x10_FFFF, by: 11))].joined() {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let bytes = Array(String(Character(scalar)).utf8)
      if !UTF8Check.accepts(bytes.span) { Issue.record("U+\(String(value, radix: 16)) is refused") }
    }
  }

  @Test("Any three bytes are judged as the standard library judges them")
  func agreement() {
    var random = SplitMix(seed: 3629)
    for _ in 0..<200_000 {
      // Bytes that are likely to be near a border.
      let bytes = (0..<4).map { _ in
        [0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2, 0xDF, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5]
          .randomElement(using: &random) ?? UInt8(0)
      }
      let expected = String(validating: bytes, as: UTF8.self) != nil
      if UTF8Check.accepts(bytes.span) != expected { Issue.record("\(hexText(bytes)): expected \(expected)") }
    }
  }
}
