import DequeModule
import Foundation
import Logging

/// Drives each device's enrolment: makes an ``EnrolmentMachine`` from the durable state, does what it says, and wakes it again
/// when a wait is over or something happened.
///
/// The engine keeps nothing that a crash could lose: what runs and who waits is in memory, what has been reached is in the
/// store. One device has at most one machine at a time.
actor EnrolmentEngine {
  private let ledger: Ledger
  private let authority: any CertificateAuthority
  private let devices: any DeviceCalling
  private let policy: EnrolmentPolicy
  private let spread: @Sendable (Duration) -> Duration
  private let logger: Logger

  private let work: AsyncStream<Run>
  private let workContinuation: AsyncStream<Run>.Continuation
  /// The devices with a machine at work, each with the reason to make another right after it.
  private(set) var running: [DeviceID: WakeCause?] = [:]
  /// The devices whose next machine has to wait.
  private(set) var waiting: [DeviceID: Waiting] = [:]
  /// The devices whose turn is to come, each once and with the strongest reason there was; first come, first served.
  private var queued: [DeviceID: Run] = [:]
  private var queue: Deque<DeviceID> = []

  /// The most machines at work at the same time.
  private let runLimit: Int

  struct Run: Sendable {
    var device: DeviceID
    var cause: WakeCause
    var failures: Int
  }

  struct Waiting {
    var wait: Wait
    var timer: Task<Void, Never>
  }

  /// - Parameters:
  ///   - runLimit: the most machines at work at the same time.
  ///   - spread: lengthens a wait at random, so that a thousand devices that failed together do not come back together.
  init(
    ledger: Ledger, authority: any CertificateAuthority, devices: any DeviceCalling, policy: EnrolmentPolicy,
    logger: Logger, runLimit: Int = 128,
    spread: @escaping @Sendable (Duration) -> Duration = { $0 * Double.random(in: 1...1.5) }
  ) {
    self.ledger = ledger
    self.authority = authority
    self.devices = devices
    self.policy = policy
    self.logger = logger
    self.runLimit = runLimit
    self.spread = spread
    (work, workContinuation) = AsyncStream.makeStream()
  }

  /// Works until the task is cancelled, beginning with whatever the store has left to do.
  func run() async throws {
    for id in try await ledger.store.devicesWantingWork() { wake(id, .start) }
    await withDiscardingTaskGroup { group in
      for await run in work { group.addTask { await self.drive(run) } }
      group.cancelAll()
    }
    for entry in waiting.values { entry.timer.cancel() }
    waiting.removeAll()
  }

  /// Looks at a device again, if what happened can change anything for it.
  func wake(_ id: DeviceID, _ cause: WakeCause) {
    if let again = running[id] {
      running[id] = .some(again.map { $0.stronger(cause) } ?? cause)
    } else if let run = queued[id] {
      queued[id]?.cause = run.cause.stronger(cause)
    } else if let entry = waiting[id] {
      guard entry.wait.cause.ends(with: cause) else { return }
      entry.timer.cancel()
      waiting[id] = nil
      begin(Run(device: id, cause: cause, failures: entry.wait.failures))
    } else {
      begin(Run(device: id, cause: cause, failures: 0))
    }
  }

  /// A gateway connected: its devices can be reached again.
  func gatewayConnected(_ name: String) async throws {
    for id in try await ledger.store.devicesWantingWork(behind: name) { wake(id, .gateway) }
  }

  /// The CA takes orders again.
  func authorityReturned() {
    for (id, entry) in waiting where entry.wait.cause == .authority { wake(id, .demand) }
  }

  /// Starts the renewal of certificates whose time has come.
  ///
  /// - Parameter limit: how many at once; the others' turn comes with the next call.
  func renewDue(limit: Int) async throws {
    let due = try await ledger.store.devicesDueForRenewal(at: ledger.clock.now, limit: limit)
    for id in due {
      try await ledger.commit(.stepDevice(id, .due), by: .manager)
      wake(id, .demand)
    }
  }

  /// How many devices wait for their turn.
  var queuedCount: Int { queued.count }

  /// Why a device waits for its turn; nil when it does not.
  func queuedCause(of id: DeviceID) -> WakeCause? { queued[id]?.cause }

  /// Whether no machine is at work and none waits for its turn.
  var isIdle: Bool { running.isEmpty && queued.isEmpty }

  /// Behind whoever waits already: a device that is woken again and again does not push in front.
  private func begin(_ run: Run) {
    guard queue.isEmpty, running.count < runLimit else {
      if queued.updateValue(run, forKey: run.device) == nil { queue.append(run.device) }
      return
    }
    start(run)
  }

  private func start(_ run: Run) {
    running[run.device] = .some(nil)
    workContinuation.yield(run)
  }

  /// A machine came to its end; `wait` says whether and when there has to be another.
  private func finish(_ run: Run, _ wait: Wait?) {
    let again = running.removeValue(forKey: run.device) ?? nil
    if let wait { startTimer(run.device, wait) }
    if let again { wake(run.device, again) }
    while running.count < runLimit, !queue.isEmpty {
      if let next = queued.removeValue(forKey: queue.removeFirst()) { start(next) }
    }
  }

  private func startTimer(_ id: DeviceID, _ wait: Wait) {
    let (clock, duration) = (ledger.clock, spread(wait.duration))
    let timer = Task {
      guard (try? await clock.sleep(for: duration)) != nil else { return }
      self.wake(id, .timer)
    }
    waiting[id] = Waiting(wait: wait, timer: timer)
  }

  private func drive(_ run: Run) async {
    do {
      finish(run, try await pursue(run))
    } catch let error as ManagerError where error.code == .conflict {
      logger.debug("somebody else changed the device meanwhile", metadata: ["device": "\(run.device)"])
      finish(run, policy.wait(.store, failures: run.failures + 1))
    } catch is CancellationError {
      finish(run, nil)
    } catch {
      logger.error("an enrolment step failed", metadata: ["device": "\(run.device)", "error": "\(error)"])
      finish(run, policy.wait(.store, failures: run.failures + 1))
    }
  }

  /// Does what the machine says until it rests or waits.
  private func pursue(_ run: Run) async throws -> Wait? {
    guard let record = try await ledger.store.enrolment(of: run.device) else { return nil }
    var machine = EnrolmentMachine(record, policy: policy, wake: run.cause, failures: run.failures)
    var step = machine.start(now: ledger.clock.now)
    while true {
      let event: EnrolmentMachine.Event
      switch step {
      case .record(let change):
        try await ledger.commit(change, by: .manager)
        guard let record = try await ledger.store.enrolment(of: run.device) else { return nil }
        event = .recorded(record)
      case .callForRequest: event = .requestAnswered(await devices.callForRequest(machine.record.device))
      case .lookUpKey(let key): event = .keyLookedUp(try await knowledge(of: key, for: run.device))
      case .sendOrder(let order): event = .orderAnswered(try await place(order))
      case .deliver(let certificate):
        event = .deliveryAnswered(await devices.deliver(certificate, to: machine.record.device))
      case .wait(let wait): return wait
      case .rest: return nil
      }
      // What was interrupted says nothing about the device: the durable state stays as it is.
      try Task.checkCancellation()
      step = machine.handle(event, now: ledger.clock.now)
    }
  }

  private func knowledge(of key: KeyDigest, for id: DeviceID) async throws -> KeyKnowledge {
    var known = KeyKnowledge(
      holder: try await ledger.store.holder(of: key),
      order: try await ledger.store.order(for: .device(id), key: key), certificate: nil, fresh: .fresh())
    if let order = known.order { known.certificate = try await ledger.store.certificate(from: order.id) }
    return known
  }

  private func place(_ order: Order) async throws -> AuthorityAnswer {
    try await OrderDesk(ledger: ledger, authority: authority).place(order)
  }
}

extension Wait.Cause {
  /// Whether something that happened can end this wait before its time.
  fileprivate func ends(with cause: WakeCause) -> Bool {
    switch (self, cause) {
    case (_, .timer), (_, .demand): true
    case (.device, .registration), (.device, .gateway): true
    case (_, .registration), (_, .gateway), (_, .start), (_, .progress): false
    }
  }
}
