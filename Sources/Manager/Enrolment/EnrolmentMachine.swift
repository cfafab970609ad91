import Foundation
import PKI

/// The way of one device to its active certificate, without I/O: the durable state and what happened go in, the next thing
/// to do comes out.
///
/// A machine is made from what the store holds and thrown away when it comes to rest, so that a start after a crash is
/// nothing special. Every step that matters is recorded before it is acted on: ``Step/record(_:)`` comes first, and only its
/// ``Event/recorded(_:)`` brings the action. Times are nominal; whoever waits spreads them.
struct EnrolmentMachine: ~Copyable {
  /// What has to be done next. Each is answered by exactly one ``Event``.
  enum Step: Equatable {
    /// Make this durable, then say `recorded` with the state as it is then.
    case record(Change)
    /// Call the device for its certificate signing request.
    case callForRequest
    /// Look up what is known of the key.
    case lookUpKey(KeyDigest)
    /// Send the order to the CA, or send it again.
    case sendOrder(Order)
    /// Bring the certificate to the device.
    case deliver(CertificateRecord)
    /// Nothing now; make a new machine after the wait, or earlier if its cause goes away.
    case wait(Wait)
    /// Nothing more until something happens outside.
    case rest
  }

  /// What happened.
  enum Event {
    case recorded(EnrolmentRecord)
    case requestAnswered(RequestAnswer)
    case keyLookedUp(KeyKnowledge)
    case orderAnswered(AuthorityAnswer)
    case deliveryAnswered(DeliveryAnswer)
  }

  enum State {
    /// To be decided from the durable state.
    case standing
    /// Something is being made durable; then it goes on from the durable state.
    case recording
    /// A problem is being made durable; then this long nothing happens, or for good if there is no wait.
    case recordingProblem(Wait?)
    case callingForRequest
    case lookingUpKey(CertificationRequest)
    case sendingOrder(Order)
    case delivering(CertificateRecord)
    case ended
  }

  let policy: EnrolmentPolicy
  /// Why the machine was made. Once it has made progress, it is its own reason.
  var wake: WakeCause
  /// How often in a row it has failed without progress.
  var failures: Int
  var record: EnrolmentRecord
  var state: State = .standing

  /// - Parameters:
  ///   - record: the durable state.
  ///   - wake: why the machine is made now.
  ///   - failures: how often in a row this device has failed without progress.
  init(_ record: EnrolmentRecord, policy: EnrolmentPolicy, wake: WakeCause, failures: Int) {
    self.record = record
    self.policy = policy
    self.wake = wake
    self.failures = failures
  }

  /// The first step.
  mutating func start(now: Date) -> Step { decide(now: now) }

  /// The step that follows an event. An event that nobody waits for changes nothing and ends the machine: the durable
  /// state decides what comes then.
  mutating func handle(_ event: Event, now: Date) -> Step {
    switch (state, event) {
    case (.recording, .recorded(let record)):
      self.record = record
      failures = 0
      wake = .progress
      return decide(now: now)
    case (.recordingProblem(let wait), .recorded(let record)):
      self.record = record
      return end(wait.map(Step.wait) ?? .rest)
    case (.callingForRequest, .requestAnswered(let answer)): return handle(answer, now: now)
    case (.lookingUpKey(let request), .keyLookedUp(let knowledge)): return handle(knowledge, of: request, now: now)
    case (.sendingOrder(let order), .orderAnswered(let answer)): return handle(answer, to: order, now: now)
    case (.delivering(let certificate), .deliveryAnswered(let answer)):
      return handle(answer, to: certificate, now: now)
    case (.standing, _), (.recording, _), (.recordingProblem, _), (.callingForRequest, _), (.lookingUpKey, _),
      (.sendingOrder, _), (.delivering, _), (.ended, _):
      return end(.rest)
    }
  }

  mutating func end(_ step: Step) -> Step {
    state = .ended
    return step
  }

  mutating func record(_ change: Change) -> Step {
    state = .recording
    return .record(change)
  }
}

/// A time of doing nothing.
struct Wait: Equatable, Sendable {
  /// What it waits for: only what can end it earlier.
  enum Cause: Equatable, Sendable {
    /// The device cannot be reached: its call, or its gateway's, ends the wait.
    case device
    /// The CA cannot be reached or needs time.
    case authority
    /// The device or its request was refused, or refuses: time may heal it.
    case refusal
    /// The device's report is to come.
    case report
    /// The store failed or was changed by somebody else meanwhile.
    case store
  }
  var cause: Cause
  /// The nominal length; the engine spreads it.
  var duration: Duration
  /// How often in a row it has failed, for the machine after the wait.
  var failures: Int
}

/// Why a machine is made.
enum WakeCause: Equatable, Sendable {
  /// The manager started.
  case start
  /// The wait is over.
  case timer
  /// The device called.
  case registration
  /// The device's gateway connected.
  case gateway
  /// An administrator or the manager's own policy wants it.
  case demand
  /// A step before this one succeeded.
  case progress

  /// The one of two that decides more: a demand is never lost behind a heartbeat.
  func stronger(_ other: WakeCause) -> WakeCause { other.strength > strength ? other : self }

  private var strength: Int {
    switch self {
    case .start, .progress: 0
    case .gateway: 1
    case .registration: 2
    case .timer: 3
    case .demand: 4
    }
  }
}
