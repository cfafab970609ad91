import CoAP
import CoAPStream
import Logging
import Synchronization

/// Brings devices the network's trust descriptor: asks each, in every session, which one it has, and offers the manager's own
/// if that is later.
///
/// The manager can neither make nor change a descriptor. Whether the device takes it is between the device and its root. What
/// gets lost on the way is asked again when the device calls the next time, until it is settled for the session.
final class TrustKeeper: Sendable {
  let descriptor: TrustDescriptorFile?
  private let ledger: Ledger
  private let sessions: SessionKeeper
  private let transport: any DeviceTransport
  private let logger: Logger

  /// The devices whose turn is to come, or is now: each once.
  private let waiting = Mutex<Set<Thumbprint>>([])
  /// The devices that were brought the descriptor and whose answer is not in the audit trail: the next `/status` tells.
  private let unanswered = Mutex<Set<Thumbprint>>([])
  private let calls: AsyncStream<Thumbprint>
  private let callContinuation: AsyncStream<Thumbprint>.Continuation

  /// How many devices are asked at the same time.
  private static let concurrency = 32
  /// The most devices that wait; who finds no room calls again.
  private static let waitingLimit = 4096
  /// How long the answer to `/status` may take.
  private static let statusTimeout: Duration = .seconds(20)
  /// How long a device may take to check a descriptor's signature.
  private static let offerTimeout: Duration = .seconds(60)

  init(
    descriptor: TrustDescriptorFile?, ledger: Ledger, sessions: SessionKeeper, transport: any DeviceTransport,
    logger: Logger
  ) {
    self.descriptor = descriptor
    self.ledger = ledger
    self.sessions = sessions
    self.transport = transport
    self.logger = logger
    (calls, callContinuation) = AsyncStream.makeStream()
  }

  /// A device has called, or was approved, and it is open which descriptor it has. Returns at once.
  func deviceCalled(_ thumbprint: Thumbprint) {
    guard descriptor != nil else { return }
    let isNew = waiting.withLock { $0.count < Self.waitingLimit && $0.insert(thumbprint).inserted }
    if isNew { callContinuation.yield(thumbprint) }
  }

  /// Works until the task is cancelled.
  func run() async {
    let slots = Slots(limit: Self.concurrency)
    await withDiscardingTaskGroup { group in
      for await thumbprint in calls {
        await slots.take()
        group.addTask {
          await self.offer(to: thumbprint)
          self.waiting.withLock { _ = $0.remove(thumbprint) }
          slots.giveBack()
        }
      }
      group.cancelAll()
    }
  }

  /// One device's turn.
  func offer(to thumbprint: Thumbprint) async {
    do {
      guard let descriptor, let device = try await ledger.store.device(with: thumbprint),
        !device.state.isBlocked, device.state != .pending
      else { return }
      let answer = try await transport.request(.request(.get, "status"), to: device, timeout: Self.statusTimeout)
      if let epoch = answer.trustEpoch, epoch < descriptor.epoch {
        try await offer(descriptor, to: device)
      } else if !answer.isOfTheMoment {
        // It has the same or a later one, or it cannot say. If it is the one whose answer was lost, it took it.
        if answer.trustEpoch == descriptor.epoch, unanswered.withLock({ $0.contains(thumbprint) }) {
          try await record(descriptor, of: device, refusal: nil)
        }
        await sessions.settleTrust(of: thumbprint)
      }
    } catch {
      logger.info("a trust descriptor was not offered", metadata: ["key": "\(thumbprint)", "error": "\(error)"])
    }
  }

  private func offer(_ descriptor: TrustDescriptorFile, to device: Device) async throws {
    if let thumbprint = device.thumbprint { unanswered.withLock { _ = $0.insert(thumbprint) } }
    let taken = try await transport.request(
      .request(.put, "trust", contentFormat: .coseSign1, payload: descriptor.bytes), to: device,
      timeout: Self.offerTimeout)
    guard !taken.isOfTheMoment else {
      throw ManagerError(.unreachable, "The device answered \(taken.code.text).")
    }
    let refusal = taken.code == .changed ? nil : DeviceRefusal(taken.payload)?.name ?? taken.code.text
    try await record(descriptor, of: device, refusal: refusal)
    if let thumbprint = device.thumbprint { await sessions.settleTrust(of: thumbprint) }
  }

  private func record(_ descriptor: TrustDescriptorFile, of device: Device, refusal: String?) async throws {
    try await ledger.commit(.offerTrust(device.id, epoch: descriptor.epoch, refusal: refusal), by: .manager)
    if let thumbprint = device.thumbprint { unanswered.withLock { _ = $0.remove(thumbprint) } }
  }
}

extension CoAPMessage {
  /// The epoch in an answer to `/status`; nil when it holds none.
  fileprivate var trustEpoch: UInt32? { code == .content ? DeviceStatus(payload)?.trustEpoch : nil }

  /// Whether an answer decides nothing: another time it may be another (5.xx, and an offer that was mixed up with a transfer).
  fileprivate var isOfTheMoment: Bool { code.codeClass == 5 || code == .requestEntityIncomplete }
}
