/// What is wrong with an audit trail.
enum AuditDamage: Sendable, Equatable {
  /// This entry does not fit to the one before it: it, or its place, was changed.
  case changed(Int64)
  /// This entry is not there, although a later one is, or was when the manager signed.
  case missing(Int64)
  /// Every entry fits to the one before, but this one is not the one that was signed: it or some before it were written anew.
  case rewritten(Int64)

  /// The number of the first entry that is known to be wrong.
  var entry: Int64 {
    switch self {
    case .changed(let number), .missing(let number), .rewritten(let number): number
    }
  }

  /// What happened, in one sentence.
  var reason: String {
    switch self {
    case .changed(let number): "Entry \(number) of the audit trail does not fit to the one before it: it was changed."
    case .missing(let number): "Entry \(number) of the audit trail is missing."
    case .rewritten(let number):
      "Entry \(number) of the audit trail is not the one that the manager signed: it, or some before it, were written anew."
    }
  }
}
