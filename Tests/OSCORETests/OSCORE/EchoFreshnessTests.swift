import OSCORE
import Testing

@Suite("Echo values of a device")
struct EchoFreshnessTests {
  @Test(
    "A value is fresh for 30 seconds, and not before it was given", arguments: [0, 1000, .max - 10_000] as [UInt32])
  func lifetime(given: UInt32) {
    #expect(isFresh(given: given, after: 0))
    #expect(isFresh(given: given, after: 30_000))
    #expect(!isFresh(given: given, after: 30_001))
    #expect(!isFresh(given: given, after: .max))
  }

  @Test("A value of another length is none of the device's")
  func lengths() {
    for count in [0, 1, 3, 5, 8] {
      let value = [UInt8](repeating: 0, count: count)
      #expect(!isFresh(value, uptime: 0))
    }
    #expect(isFresh([0, 0, 0, 0], uptime: 0))
  }

  private func isFresh(given: UInt32, after milliseconds: UInt32) -> Bool {
    let value = EchoFreshness.value(uptimeMilliseconds: given)
    return EchoFreshness.isFresh(value.span, uptimeMilliseconds: given &+ milliseconds)
  }

  private func isFresh(_ value: [UInt8], uptime: UInt32) -> Bool {
    EchoFreshness.isFresh(value.span, uptimeMilliseconds: uptime)
  }
}
