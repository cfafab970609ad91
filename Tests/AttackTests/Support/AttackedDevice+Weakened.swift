import CoAP
import CoAPStream

@testable import DeviceKit

// How a weakened device does without a defence: what the product's own parts do next is done without the one before.
extension AttackedDevice {
  /// Opens a request as a weakened device does, ahead of `Device.handle`.
  ///
  /// - Returns: what is to be handled then; nil for a device that opens it by itself.
  func openWeakly(_ frame: [UInt8], _ request: CoAPMessage) -> [UInt8]? {
    var buffer = frame
    if weaknesses.contains(.unprotected), request.value(of: .oscore) == nil {
      guard let message = try? Message.parse(buffer.span) else { return nil }
      device.opened = .plain(message)
      return buffer
    }
    guard weaknesses.contains(.forgetsNumbers) else { return nil }
    if let seen = opened[Words(request)] {
      device.opened = seen.message
      return seen.plain
    }
    var span = buffer.mutableSpan
    _ = device.open(&span)
    if case .protected = device.opened, let message = device.opened { opened[Words(request)] = (message, buffer) }
    return buffer
  }

  /// Registers and reports in clear, every two seconds.
  func speakInClear(now: UInt64) {
    guard now >= nextWords else { return }
    nextWords = now + 2_000
    for errand in device.state == .certified ? [Outreach.Errand.register, .report] : [.register] {
      device.outreach.send(errand, now: now)
      var buffer = [UInt8](repeating: 0, count: Self.messageBytes)
      var span = buffer.mutableSpan
      let count =
        (try? errand == .report ? device.writeReport(into: &span) : device.writeRegistration(into: &span)) ?? 0
      if count > 0 { send(Array(buffer.prefix(count))) }
    }
  }
}
