import SerialLink
import TestKit

@testable import Gateway

/// The product's device and link at the end of a terminal, as the firmware puts them together.
final class SerialDevice {
  let device: AttackedDevice
  private var link: Link<1280>
  private let descriptor: CInt

  /// - Throws: why the terminal cannot be opened.
  init(_ device: AttackedDevice, at path: String, bootEpoch: UInt32, now: UInt64) throws {
    self.device = device
    descriptor = try SerialPort.open(path: path, baud: 3_000_000)
    // One that asks nothing twice does so on its line as well.
    let givesUp = device.weaknesses.contains(.withoutRetry)
    link = Link(
      configuration: LinkConfiguration(
        maxPayloadBytes: 240, retryLimit: givesUp ? 1 : 10, messageLifetimeMilliseconds: givesUp ? 200 : 120_000),
      bootEpoch: bootEpoch, now: now)
  }

  deinit { Descriptor.close(descriptor) }

  func advance(now: UInt64) throws {
    for byte in Descriptor.read(descriptor) { take(link.receive(byte, now: now), now: now) }
    while let deadline = link.deadline, deadline <= now {
      take(link.advance(now: now), now: now)
      if link.deadline == deadline { break }
    }
    if link.canSend, device.outbox.isEmpty, device.deadline ?? .max <= now { device.advance(now: now) }
    if link.canSend, !device.outbox.isEmpty {
      let frame = device.outbox.removeFirst()
      try link.send(frame.span, now: now)
    }
    transmit(now: now)
  }

  private func take(_ event: LinkEvent, now: UInt64) {
    switch event {
    case .up:
      device.outbox = []
      device.connect(now: now)
    case .message:
      let frame = link.withReceivedMessage { message in message.indices.map { message[$0] } }
      link.releaseReceived()
      device.receive(frame, now: now)
    case .none, .delivered, .undelivered, .down, .busy: break
    }
  }

  private func transmit(now: UInt64) {
    var chunk = [UInt8](repeating: 0, count: 256)
    while true {
      var span = chunk.mutableSpan
      let count = link.transmit(into: &span, now: now)
      if count == 0 { return }
      Descriptor.write(descriptor, Array(chunk.prefix(count)))
    }
  }
}
