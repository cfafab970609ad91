/// What a running manager counts, for its metrics. It is in memory: a restart begins at zero, as Prometheus expects it.
final class ManagerMeter: Sendable {
  /// What came of a request to the CA.
  enum AuthorityOutcome: String, Sendable, CaseIterable {
    /// An HTTP answer, whatever it says, but for those of the next case.
    case answered
    /// No answer in time, or an HTTP status from 500 on.
    case failed
    /// Not sent: see ``CircuitBreaker``.
    case withheld
  }

  /// Events told, by their kinds.
  let events = Tally<ManagerEvent.Kind>()
  /// Requests to the CA.
  let authorityRequests = Tally<AuthorityOutcome>()
  /// How long those took that were sent.
  let authorityDurations = Durations()
  /// Answers of the admin API, by the hundreds of their status.
  let adminAnswers = Tally<Int>()
  /// How long they took until their head was there.
  let adminDurations = Durations()
}
