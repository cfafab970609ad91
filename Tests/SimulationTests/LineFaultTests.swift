import DeviceBench
import DeviceKit
import Foundation
import Testing

@Suite("One wrong byte on the line")
struct LineFaultTests {
  @Test("An enrolment on a clean line with its handshake stays within 2,300 bytes both ways, with one key")
  func clean() throws {
    let outcome = try SimulatedEnrolment.run(authority: TestAuthority())
    #expect(outcome.isEnrolled)
    #expect(outcome.deviceState == .certified)
    #expect(outcome.keys == 1)
    #expect(outcome.refusals.isEmpty)
    #expect(outcome.bytesToManager + outcome.bytesToDevice <= 2_300)
  }

  /// Every byte when `MUSTER_SOAK` is set (`make soak`), else every 4th, each time from another one on.
  private static let stride = ProcessInfo.processInfo.environment["MUSTER_SOAK"] == nil ? 4 : 1

  @Test(
    "Whichever byte is corrupted, deleted or doubled, the device ends enrolled with one key",
    arguments: LineFault.Kind.allCases)
  func everyByte(kind: LineFault.Kind) throws {
    let authority = try TestAuthority()
    let clean = try SimulatedEnrolment.run(authority: authority)
    var slowest: UInt64 = 0
    let first = Int.random(in: 0..<Self.stride)
    for direction in LineFault.Direction.allCases {
      let count = direction == .toManager ? clean.bytesToManager : clean.bytesToDevice
      for position in Swift.stride(from: first, to: count, by: Self.stride) {
        let fault = LineFault(kind: kind, direction: direction, position: position)
        let outcome = try SimulatedEnrolment.run(authority: authority, fault: fault)
        #expect(outcome.isEnrolled, "\(fault): \(outcome)")
        #expect(outcome.deviceState == .certified && outcome.keys == 1, "\(fault): \(outcome)")
        slowest = max(slowest, outcome.milliseconds)
      }
    }
    #expect(slowest < 60_000, "the slowest took \(slowest) ms of the line's time")
  }
}
