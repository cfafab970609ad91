import CoAP
import CoAPStream
import Logging
import Synchronization

/// Brings devices the network's trust descriptor: after every new session it asks the device which one it has, and offers
/// the manager's own if that is later.
///
/// The manager can neither make nor change a descriptor. Whether the device takes it is between the device and its root.
struct TrustKeeper: Sendable {
  let descriptor: TrustDescriptorFile?
  let ledger: Ledger
  let transport: any DeviceTransport
  let logger: Logger
  /// How long a device may take: it checks a signature.
  var timeout: Duration = .seconds(60)

  private let calls: AsyncStream<DeviceKey>
  private let callContinuation: AsyncStream<DeviceKey>.Continuation
  /// How many devices are asked at the same time.
  private static let concurrency = 32

  init(descriptor: TrustDescriptorFile?, ledger: Ledger, transport: any DeviceTransport, logger: Logger) {
    self.descriptor = descriptor
    self.ledger = ledger
    self.transport = transport
    self.logger = logger
    (calls, callContinuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(4096))
  }

  /// A device has opened a session. Returns at once.
  func sessionOpened(by key: DeviceKey) {
    if descriptor != nil { callContinuation.yield(key) }
  }

  /// Works until the task is cancelled.
  func run() async {
    let slots = Slots(limit: Self.concurrency)
    await withDiscardingTaskGroup { group in
      for await key in calls {
        await slots.take()
        group.addTask {
          await self.offer(to: key)
          slots.giveBack()
        }
      }
      group.cancelAll()
    }
  }

  /// One device's turn. What fails is tried again with its next session.
  func offer(to key: DeviceKey) async {
    do {
      guard let descriptor, let device = try await ledger.store.device(with: key.thumbprint),
        !device.state.isBlocked, device.state != .pending
      else { return }
      let answer = try await transport.request(.request(.get, "status"), to: device, timeout: timeout)
      guard answer.code == .content, let epoch = DeviceStatus(answer.payload)?.trustEpoch, epoch < descriptor.epoch
      else { return }
      let taken = try await transport.request(
        .request(.put, "trust", contentFormat: .coseSign1, payload: descriptor.bytes), to: device, timeout: timeout)
      let refusal = taken.code == .changed ? nil : DeviceRefusal(taken.payload)?.name ?? taken.code.text
      try await ledger.commit(.offerTrust(device.id, epoch: descriptor.epoch, refusal: refusal), by: .manager)
    } catch {
      logger.info("a trust descriptor was not offered", metadata: ["key": "\(key.thumbprint)", "error": "\(error)"])
    }
  }
}
