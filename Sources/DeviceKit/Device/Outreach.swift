import CoAP

/// When the device speaks to the manager: which request is due, which one is out, and what an answer does to the next.
///
/// Time is passed in, in milliseconds since the start; nothing here reads a clock or sends a byte.
struct Outreach {
  /// What the device asks of the manager.
  enum Errand: UInt8 {
    /// EDHOC's first message. The second errand of a handshake is the registration, which carries the third.
    case greet
    case register
    case report
  }

  /// What an answer means for the request it answers.
  enum Verdict {
    /// It was done. 0 when the answer does not say when to ask again.
    case done(pauseSeconds: UInt32)
    /// It was refused for a time, or for good as far as the device can tell.
    case later(seconds: UInt32)
    /// It may be tried again; the pause doubles with every failure in a row, up to ``longestPauseSeconds``.
    case failed
  }

  /// When something is due, and how often in a row it has failed.
  private struct Appointment {
    /// Milliseconds since the start; the maximum for not at all.
    var due = UInt64.max
    var failures: UInt8 = 0
  }

  private var register = Appointment()
  private var report = Appointment()
  private var out: Errand?
  private var answerDue: UInt64 = 0
  private var number: UInt8 = 0
  private var isLinkUp = false
  private var isReported = false
  /// Whether a registration can be protected, by a session in force or one that it completes.
  private var hasSession = false

  /// How long an answer may take.
  static let answerMilliseconds: UInt32 = 10_000
  /// The longest pause between two attempts, and the pause between heartbeats of an active device.
  static let longestPauseSeconds: UInt32 = 60
  /// The pause between heartbeats while no report has been acknowledged.
  static let shortPauseSeconds: UInt32 = 10

  /// When ``next(now:)`` has something to say at the earliest; `nil` for never.
  var deadline: UInt64? {
    mutating get {
      let due = out != nil ? answerDue : min(register.due, hasSession ? report.due : .max)
      return due == .max ? nil : due
    }
  }

  /// The peer is there, perhaps another one: what was out will not be answered any more, and so has failed.
  ///
  /// Anyone on the line can make a link come up: what has failed keeps its pause, or a handshake would be had for two
  /// HELLOs.
  ///
  /// - Parameters:
  ///   - isProvisioned: Whether there is a manager to speak to.
  ///   - hasCertificate: Whether there is one to report.
  mutating func linkDidComeUp(isProvisioned: Bool, hasCertificate: Bool, now: UInt64) {
    isLinkUp = true
    guard isProvisioned else { return }
    if let errand = out { settle(errand, .failed, now: now) }
    if register.failures == 0 { register.due = now }
    if report.failures == 0 { report.due = hasCertificate && !isReported ? now : .max }
  }

  /// Registers from now on.
  mutating func begin(hasCertificate: Bool, now: UInt64) {
    out = nil
    guard isLinkUp else { return }
    register = Appointment(due: now)
    report = Appointment(due: hasCertificate && !isReported ? now : .max)
  }

  /// A session is there, or is lost. Without one the device greets, when the next registration is due and not before:
  /// so whoever forges 'there is no session' has one handshake a pause, and pauses double.
  mutating func session(isThere: Bool) {
    hasSession = isThere
  }

  /// A certificate has come into force.
  mutating func certificateDidChange(now: UInt64) {
    isReported = false
    if out == .report { out = nil }
    report = Appointment(due: now)
  }

  /// Speaks to nobody any more.
  mutating func end() {
    out = nil
    register.due = .max
    report.due = .max
    isReported = false
    hasSession = false
  }

  /// Whether the answer that was waited for is overdue. The request has failed then.
  mutating func expires(now: UInt64) -> Bool {
    guard let errand = out, now >= answerDue else { return false }
    settle(errand, .failed, now: now)
    return true
  }

  /// What is to be sent now; `nil` for nothing yet.
  mutating func next(now: UInt64) -> Errand? {
    guard out == nil else { return nil }
    if register.due <= now { return hasSession ? .register : .greet }
    return hasSession && report.due <= now ? .report : nil
  }

  /// The token of the request that was out last.
  private(set) var token = Token()

  /// Notes that a request is about to be sent, under a new ``token``.
  mutating func send(_ errand: Errand, now: UInt64) {
    number &+= 1
    let byte: InlineArray<1, UInt8> = [number]
    token = Token(byte.span) ?? Token()
    out = errand
    answerDue = now + UInt64(widening: Self.answerMilliseconds)
  }

  /// Which request an answer with this token belongs to; `nil` for one that nobody waits for.
  mutating func errand(answeredBy token: Token) -> Errand? {
    token == self.token ? out : nil
  }

  /// Draws the conclusion from an answer, or from its absence.
  mutating func settle(_ errand: Errand, _ verdict: Verdict, now: UInt64) {
    out = nil
    var next = Appointment()
    switch verdict {
    case .done(let pauseSeconds):
      if errand == .report {
        isReported = true
      } else if errand == .greet {
        // The third message follows at once. The failures stand until it is answered.
        next.due = now
        next.failures = register.failures
      } else {
        let usual = isReported ? Self.longestPauseSeconds : Self.shortPauseSeconds
        next.due = Self.after(pauseSeconds == 0 ? usual : pauseSeconds, now)
      }
    case .later(let seconds):
      next.due = Self.after(seconds, now)
    case .failed:
      let failures = min(errand == .report ? report.failures : register.failures, 6)
      next.due = Self.after(min(1 &<< UInt32(failures), Self.longestPauseSeconds), now)
      next.failures = failures + 1
    }
    if errand == .report { report = next } else { register = next }
  }

  private static func after(_ seconds: UInt32, _ now: UInt64) -> UInt64 {
    now + UInt64(widening: seconds * 1000)
  }
}
