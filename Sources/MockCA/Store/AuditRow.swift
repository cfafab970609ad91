public import Foundation
import GRDB

/// One line of the CA's history.
public struct AuditRow: Sendable, Equatable {
  /// When; of a row that counts, the first time.
  public let date: Date
  /// What: `issued`, `refused`, `code-made`, `revoked`, `suspended`, `resumed`, `limited`.
  public let event: String
  /// Why it was refused, the same name that the client was given, or revoked; or the new limits.
  public let reason: String?
  /// What kind of certificate it was about.
  public let profile: String?
  /// The registration authority's serial number, or what the message claimed it to be.
  public let authority: String?
  /// The transaction, in hexadecimal.
  public let transaction: String?
  /// The certificate's serial number.
  public let serialNumber: String?
  /// The subject asked for.
  public let subject: String?
  /// How often it happened in that minute. More than 1 only with refusals that anybody can cause; what else the row says is
  /// the first one's.
  public let count: Int
}

extension AuditRow: FetchableRecord {
  public init(row: Row) {
    date = Date(timeIntervalSince1970: TimeInterval(row["at"] as Int64) / 1_000)
    event = row["event"]
    reason = row["reason"]
    profile = row["profile"]
    authority = row["authority"]
    transaction = row["transaction"]
    serialNumber = row["serial"]
    subject = row["subject"]
    count = row["count"]
  }
}
