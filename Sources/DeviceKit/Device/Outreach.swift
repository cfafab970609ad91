import CoAP

/// When the device speaks to the manager: which request is due, which one is out, and what an answer does to the next.
///
/// Time is passed in, in milliseconds since the start; nothing here reads a clock or sends a byte.
struct Outreach {
  /// What the device asks of the manager.
  enum Errand: UInt8 {
    case register
    case report
  }

  /// When something is due, and how often in a row it has failed.
  private struct Appointment {
    var due: UInt64?
    var failures: UInt8 = 0
  }

  private var register = Appointment()
  private var report = Appointment()
  private var out: Errand?
  private var answerDue: UInt64 = 0
  private var number: UInt8 = 0
  private var isLinkUp = false
  private var isReported = false

  /// How long an answer may take.
  static let answerMilliseconds: UInt32 = 10_000
  /// The longest pause between two attempts, and the pause between heartbeats of an active device.
  static let longestPauseSeconds: UInt32 = 60
  /// The pause between heartbeats while no report has been acknowledged.
  static let shortPauseSeconds: UInt32 = 10

  /// When ``next(now:)`` has something to say at the earliest; `nil` for never.
  var deadline: UInt64? {
    if out != nil { return answerDue }
    guard let registerDue = register.due else { return report.due }
    return min(registerDue, report.due ?? registerDue)
  }

  /// The peer is there, perhaps another one: what was out will not be answered any more.
  ///
  /// - Parameters:
  ///   - isProvisioned: Whether there is a manager to speak to.
  ///   - hasCertificate: Whether there is one to report.
  mutating func linkDidComeUp(isProvisioned: Bool, hasCertificate: Bool, now: UInt64) {
    isLinkUp = true
    if isProvisioned { begin(hasCertificate: hasCertificate, now: now) }
  }

  /// Registers from now on.
  mutating func begin(hasCertificate: Bool, now: UInt64) {
    out = nil
    guard isLinkUp else { return }
    register = Appointment(due: now)
    report = Appointment(due: hasCertificate && !isReported ? now : nil)
  }

  /// A certificate has come into force.
  mutating func certificateDidChange(now: UInt64) {
    isReported = false
    if out == .report { out = nil }
    report = Appointment(due: now)
  }

  /// Speaks to nobody any more.
  mutating func end() {
    let isUp = isLinkUp
    self = Outreach()
    isLinkUp = isUp
  }

  /// What is to be sent now; `nil` for nothing yet.
  mutating func next(now: UInt64) -> Errand? {
    if let errand = out {
      guard now >= answerDue else { return nil }
      fail(errand, now: now)
    }
    if let due = register.due, due <= now { return .register }
    if let due = report.due, due <= now { return .report }
    return nil
  }

  /// The token of the request that was out last.
  var token: Token {
    let byte: InlineArray<1, UInt8> = [number]
    return Token(byte.span) ?? Token()
  }

  /// Notes that a request is about to be sent, under a new ``token``.
  mutating func send(_ errand: Errand, now: UInt64) {
    number &+= 1
    out = errand
    answerDue = now + UInt64(widening: Self.answerMilliseconds)
  }

  /// Which request an answer with this token belongs to; `nil` for one that nobody waits for.
  func errand(answeredBy token: Token) -> Errand? {
    token == self.token ? out : nil
  }

  /// The request that is out was done.
  ///
  /// - Parameter pauseSeconds: What the manager wants between registrations, if it says.
  mutating func succeed(_ errand: Errand, pauseSeconds: UInt32?, now: UInt64) {
    out = nil
    switch errand {
    case .register:
      let usual = isReported ? Self.longestPauseSeconds : Self.shortPauseSeconds
      register = Appointment(due: Self.after(pauseSeconds ?? usual, now))
    case .report:
      isReported = true
      report = Appointment()
    }
  }

  /// The request that is out was refused for a time, or for good as far as the device can tell.
  mutating func pause(_ errand: Errand, seconds: UInt32, now: UInt64) {
    out = nil
    set(errand, Appointment(due: Self.after(seconds, now)))
  }

  /// The request that is out failed; it is due again after a pause that doubles up to ``longestPauseSeconds``.
  mutating func fail(_ errand: Errand, now: UInt64) {
    out = nil
    let failures = min(errand == .register ? register.failures : report.failures, 6)
    let pause = min(1 &<< UInt32(failures), Self.longestPauseSeconds)
    set(errand, Appointment(due: Self.after(pause, now), failures: failures + 1))
  }

  private mutating func set(_ errand: Errand, _ appointment: Appointment) {
    switch errand {
    case .register: register = appointment
    case .report: report = appointment
    }
  }

  private static func after(_ seconds: UInt32, _ now: UInt64) -> UInt64 {
    now + UInt64(widening: seconds * 1000)
  }
}
