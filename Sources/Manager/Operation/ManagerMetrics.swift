import Foundation
import X509

/// Everything that the manager measures, in one reading.
struct ManagerMetrics: Sendable {
  let ledger: Ledger
  let meter: ManagerMeter
  let breaker: CircuitBreaker
  let connections: GatewayConnections
  let sessions: SessionKeeper
  let registrationAuthority: RegistrationAuthorityIdentity
  let startedAt: Date

  /// The most renewals that are counted as due; behind that it does not matter how many.
  private static let mostDue = 1000

  /// The metrics, as ``PrometheusText/mediaType``.
  ///
  /// - Throws: the store's errors.
  func text() async throws -> String {
    var text = PrometheusText()
    try await devices(into: &text)
    await network(into: &text)
    authority(into: &text)
    store(into: &text)
    administration(into: &text)
    process(into: &text)
    return text.text
  }

  private func devices(into text: inout PrometheusText) async throws {
    let counts = try await ledger.store.deviceCounts()
    text.gauge(
      "muster_devices", "Devices by the state of their life.",
      DeviceState.allCases.map { .init(labels: ["state": $0.rawValue], value: Double(counts[$0] ?? 0)) })
    let due = try await ledger.store.devicesDueForRenewal(at: ledger.clock.now, limit: Self.mostDue).count
    text.gauge(
      "muster_renewals_due",
      "Devices whose renewal is due and has not begun; no more than \(Self.mostDue) are counted.",
      [.init(value: Double(due))])
  }

  private func network(into text: inout PrometheusText) async {
    text.gauge(
      "muster_gateways_connected", "Gateways that are connected.", [.init(value: Double(connections.count))])
    text.gauge(
      "muster_sessions", "Sessions with devices that are open.", [.init(value: Double(await sessions.sessionCount))])
    let events = meter.events.counts
    text.counter(
      "muster_events_total", "Events told, by their kind.",
      events.keys.sorted { $0.rawValue < $1.rawValue }.map {
        .init(labels: ["event": $0.rawValue], value: Double(events[$0] ?? 0))
      })
  }

  private func authority(into text: inout PrometheusText) {
    let requests = meter.authorityRequests.counts
    text.counter(
      "muster_ca_requests_total", "Requests to the CA, by what came of them.",
      ManagerMeter.AuthorityOutcome.allCases.map {
        .init(labels: ["outcome": $0.rawValue], value: Double(requests[$0] ?? 0))
      })
    text.histogram(
      "muster_ca_request_seconds", "How long requests to the CA took.", meter.authorityDurations.reading)
    text.gauge(
      "muster_ca_circuit_open", "1 while the CA is not asked because it did not answer.",
      [.init(value: breaker.condition == .closed ? 0 : 1)])
    if let end = registrationAuthority.current?.certificate.notValidAfter {
      text.gauge(
        "muster_registration_authority_end_seconds",
        "When the certificate ends that orders are signed with, in seconds since 1970.",
        [.init(value: end.timeIntervalSince1970)])
    }
    text.gauge(
      "muster_registration_authority_refused", "1 while the CA takes no orders from this manager.",
      [.init(value: registrationAuthority.refusal == nil ? 0 : 1)])
  }

  private func store(into text: inout PrometheusText) {
    text.counter("muster_commits_total", "Changes made durable.", [.init(value: Double(ledger.watch.commits))])
    text.counter(
      "muster_commit_failures_total", "Changes that could not be made durable.",
      [.init(value: Double(ledger.watch.failures))])
    text.histogram("muster_commit_seconds", "How long changes took to be durable.", ledger.watch.durations.reading)
  }

  private func administration(into text: inout PrometheusText) {
    let answers = meter.adminAnswers.counts
    text.counter(
      "muster_admin_answers_total", "Answers of the admin API, by the class of their status.",
      answers.keys.sorted().map { .init(labels: ["status": "\($0)xx"], value: Double(answers[$0] ?? 0)) })
    text.histogram(
      "muster_admin_answer_seconds", "How long answers of the admin API took.", meter.adminDurations.reading)
  }

  private func process(into text: inout PrometheusText) {
    text.gauge(
      "process_start_time_seconds", "When the manager started, in seconds since 1970.",
      [.init(value: startedAt.timeIntervalSince1970)])
    guard let figures = ProcessFigures.read() else { return }
    text.counter(
      "process_cpu_seconds_total", "Time on processors, in seconds.", [.init(value: figures.processorSeconds)])
    text.gauge("process_resident_memory_bytes", "Memory in RAM, in bytes.", [.init(value: figures.residentBytes)])
    text.gauge("process_open_fds", "Open file descriptors.", [.init(value: Double(figures.openFiles))])
  }
}
