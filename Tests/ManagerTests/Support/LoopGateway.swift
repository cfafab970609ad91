import CoAPStream
import Synchronization

@testable import Manager

/// A gateway that passes everything on and remembers what it saw; tests may put something between.
final class LoopGateway: LineTransport {
  let device: SecuredDevice
  let seen = Mutex<[CoAPMessage]>([])
  let tamper: @Sendable (CoAPMessage) -> CoAPMessage?

  init(_ device: SecuredDevice, tamper: @escaping @Sendable (CoAPMessage) -> CoAPMessage? = { _ in nil }) {
    self.device = device
    self.tamper = tamper
  }

  func request(
    _ message: CoAPMessage, over route: Route, timeout: Duration
  ) async throws(ManagerError) -> CoAPMessage {
    seen.withLock { $0.append(message) }
    if let answer = tamper(message) { return answer }
    do {
      let answer = try device.answer(message)
      seen.withLock { $0.append(answer) }
      return answer
    } catch {
      throw ManagerError(.unreachable, "\(error)")
    }
  }
}
