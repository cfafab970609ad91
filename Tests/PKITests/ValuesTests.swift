import Foundation
import Testing

@testable import PKI

@Suite("Bytes as values, digits and files")
struct ValuesTests {
  @Test("Every byte is written as two digits and read back, in either case")
  func hexadecimal() {
    let all = [UInt8](0...255)
    #expect([UInt8](hexadecimal: all.hexadecimal) == all)
    #expect([UInt8](hexadecimal: all.hexadecimal.uppercased()) == all)
    #expect([UInt8](hexadecimal: "") == [])
  }

  @Test(
    "What is no pair of digits is nothing", arguments: ["0", "0g", "g0", "+1", "-1", "0x", " 1", "1 ", "١١", "012"])
  func noHexadecimal(text: String) {
    #expect([UInt8](hexadecimal: text) == nil)
  }

  @Test("A span's bytes and text come out whole; a wiped secret is zeros of the same length")
  func values() {
    let bytes = Array("Grüße".utf8)
    #expect([UInt8](span: bytes.span) == bytes)
    #expect(String(span: bytes.span) == "Grüße")
    var secret = bytes
    secret.wipe()
    #expect(secret == [UInt8](repeating: 0, count: bytes.count))
    var none: [UInt8] = []
    none.wipe()
    #expect(none.isEmpty)
  }

  @Test("A file takes another's place; one that is not there takes nobody's")
  func move() throws {
    let folder = NSTemporaryDirectory() + "muster-move-" + randomBytes(8).hexadecimal
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try DurableFile.create(folder + "/a", bytes: [1])
    try DurableFile.create(folder + "/b", bytes: [2])
    try DurableFile.move(folder + "/b", to: folder + "/a")
    #expect(FileManager.default.contents(atPath: folder + "/a") == Data([2]))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a"])
    #expect(throws: PKIError.self) { try DurableFile.move(folder + "/b", to: folder + "/a") }
    #expect(FileManager.default.contents(atPath: folder + "/a") == Data([2]))
  }
}
