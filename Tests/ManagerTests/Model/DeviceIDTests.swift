import Testing

@testable import Manager

@Suite("Names")
struct DeviceIDTests {
  @Test(
    "A device id is what the device's own rule allows",
    arguments: ["A", "4a5C", "sensor-17", String(repeating: "x", count: 32)])
  func good(_ text: String) throws {
    #expect(try DeviceID(text).text == text)
  }

  @Test(
    "Anything that could mean something in a path, a URL or a command is no device id",
    arguments: ["", "-x", "a b", "../x", "a/b", "a.b", "a_b", "ä", "a\u{0}", "%41", String(repeating: "x", count: 33)])
  func bad(_ text: String) {
    #expect(throws: ManagerError(.invalid, "")) { try DeviceID(text) }
  }

  @Test("A line's or gateway's name is a DNS label in lower case")
  func labels() {
    #expect(NameRule.allowsLabel("tty-usb0"))
    for bad in ["", "A", "-a", "a-", "a.b", "a_b", String(repeating: "a", count: 64)] {
      #expect(!NameRule.allowsLabel(bad), "\(bad)")
    }
  }
}
