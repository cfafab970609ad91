import SerialLink
import TestKit
import Testing

@testable import Gateway

@Suite("A link in the gateway's hands")
struct LinkDriverTests {
  @Test("Garbage never traps, never becomes a message, and the session comes up after it")
  func garbage() throws {
    for seed: UInt64 in 1...20 {
      var generator = SplitMix(seed: seed)
      var now: UInt64 = 1_000
      var gateway = LinkDriver(
        configuration: LinkConfiguration(maxPayloadBytes: 240), bootEpoch: UInt32(seed), now: now)
      var device = LinkDriver(
        configuration: LinkConfiguration(maxPayloadBytes: 64), bootEpoch: UInt32(seed) &+ 77, now: now)
      for _ in 0..<20_000 {
        let event = gateway.receive(UInt8.random(in: 0...255, using: &generator), now: now)
        if case .message = event { Issue.record("seed \(seed): garbage became a message") }
      }
      for _ in 0..<200 where !(gateway.isUp && device.isUp) {
        pump(from: &gateway, to: &device, now: now)
        pump(from: &device, to: &gateway, now: now)
        now += 100
        while gateway.advance(now: now) != nil {}
        while device.advance(now: now) != nil {}
      }
      #expect(gateway.isUp && device.isUp, "seed \(seed)")
    }
  }

  private func pump(from sender: inout LinkDriver, to receiver: inout LinkDriver, now: UInt64) {
    while true {
      let bytes = sender.transmit(limitBytes: 64, now: now)
      if bytes.isEmpty { return }
      for byte in bytes { _ = receiver.receive(byte, now: now) }
    }
  }
}
