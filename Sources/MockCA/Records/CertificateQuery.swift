public import Foundation
import GRDB

/// Which certificates are looked for; what is nil does not matter.
public struct CertificateQuery: Sendable {
  /// The serial number, in hexadecimal as people write it.
  public var serialNumber: String?
  /// The profile's name.
  public var profile: String?
  /// The registration authority, by the serial number that it enrolled with.
  public var authority: String?
  /// A part of the subject, of either case.
  public var subject: String?
  /// The state at `now`.
  public var state: IssuedCertificateRecord.State?
  /// Issued at this moment or after it.
  public var since: Date?
  /// Issued before this moment.
  public var until: Date?
  /// The moment that ``state`` is about.
  public var now: Date

  /// A query for every certificate.
  public init(now: Date) { self.now = now }
}

extension Store {
  private static let page = 500

  /// Gives all certificates that a query finds to `body`, oldest first, a page at a time.
  func certificates(_ query: CertificateQuery, _ body: (IssuedCertificateRecord) throws -> Void) async throws {
    let serial = try query.serialNumber.map { try SerialNumberText.bytes($0) }
    let authority = try query.authority.map { try SerialNumberText.bytes($0) }
    var position: Int64 = 0
    while true {
      let (records, last) = try await reader.read { [position] database in
        let rows = try Row.fetchAll(
          database.cachedStatement(sql: Self.select),
          arguments: [
            position, serial.map { Data($0) }, serial.map { Data($0) }, query.profile, query.profile,
            authority.map { Data($0) }, authority.map { Data($0) }, query.since?.seconds, query.since?.seconds,
            query.until?.seconds, query.until?.seconds, Self.page,
          ])
        return (try rows.map { try IssuedCertificateRecord(row: $0) }, rows.last.map { $0["rowid"] as Int64 })
      }
      for record in records where query.matches(record) { try body(record) }
      guard let last, records.count == Self.page else { return }
      position = last
    }
  }

  private static let select = """
    SELECT certificate.rowid, certificate.*, reason, comment FROM certificate
    LEFT JOIN revocation ON revocation.serial = certificate.serial
    WHERE certificate.rowid > ? AND der IS NOT NULL AND (? IS NULL OR certificate.serial = ?)
      AND (? IS NULL OR profile = ?) AND (? IS NULL OR authority = ?)
      AND (? IS NULL OR issuedAt >= ?) AND (? IS NULL OR issuedAt < ?)
    ORDER BY certificate.rowid LIMIT ?
    """
}

extension CertificateQuery {
  fileprivate func matches(_ record: IssuedCertificateRecord) -> Bool {
    (state.map { $0 == record.state(now: now) } ?? true)
      && (subject.map { record.subject.range(of: $0, options: .caseInsensitive) != nil } ?? true)
  }
}
