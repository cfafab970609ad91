import Foundation
import GRDB
import PKI
import X509

/// Makes the CRLs of one issuer: in the transaction that changes what they say, so that no reader sees the one without the other.
struct CRLMaker: Sendable {
  /// The issuer's number; 0 is the anchor.
  let number: Int
  let certificate: Certificate
  /// Where the delta CRL is; nil for an issuer without one.
  let deltaURL: String?
  /// The life of a full CRL.
  let fullLifetime: TimeInterval
  let schedule: StatusSchedule

  /// Above so many entries a delta CRL begins anew.
  private static let mostDeltaEntries: Int64 = 2_000

  /// The lists of an issuing CA.
  init(_ issuer: IssuingAuthority, settings: CASettings, schedule: StatusSchedule) {
    number = issuer.number
    certificate = issuer.certificate
    deltaURL = settings.deltaURL(of: issuer.number)
    fullLifetime = schedule.fullLifetime
    self.schedule = schedule
  }

  /// The anchor's list: full only, since its key is needed for each.
  init(anchor: Certificate) {
    number = 0
    certificate = anchor
    deltaURL = nil
    fullLifetime = StatusSchedule.anchorLifetime
    schedule = StatusSchedule()
  }

  /// Makes the next full and delta CRL, and records them.
  ///
  /// - Parameters:
  ///   - known: entries that need not be read again.
  ///   - key: the issuer's key.
  @discardableResult
  func publish(knowing known: RevokedEntries = .init(), key: SigningKey, in database: Database, now: Date) throws
    -> CRLRow
  {
    let newest = try database.newestCRL(issuer: number)
    let next = try database.nextCRLNumber(issuer: number, now: now)
    let last = try database.lastRevocation(issuer: number)
    let now = Date(timeIntervalSince1970: TimeInterval(now.seconds))
    let keepsBase = newest.map { keeps($0, last: last, now: now) } ?? false
    let since = keepsBase ? newest?.since ?? .distantPast : now - fullLifetime - schedule.deltaLifetime
    let base = keepsBase ? (newest?.base ?? next) : newest?.number ?? next
    let baseLast = keepsBase ? (newest?.baseLast ?? last) : newest?.last ?? last
    let unsigned = CRLRow(
      issuer: number, number: next, thisUpdate: now, fullUntil: min(now + fullLifetime, certificate.notValidAfter),
      deltaUntil: min(now + schedule.deltaLifetime, certificate.notValidAfter), base: base, baseLast: baseLast,
      last: last, since: since, deltaURL: deltaURL, fullSignature: [], deltaSignature: [])

    var entries = known
    try entries.advance(to: last, since: since, issuer: number, in: database)
    var row = unsigned
    row.fullSignature = try full(unsigned).signature(over: entries.bytes, key: key)
    if deltaURL != nil {
      let changes = try database.revokedEntries(issuer: number, after: baseLast, to: last)
      row.deltaSignature = try delta(unsigned).signature(over: changes, key: key)
    }
    try database.add(row)
    return row
  }

  /// A base serves for a day, so that who has a list of today needs no full one. Its number is its time in milliseconds, or
  /// larger where that was used: the base then serves for longer by as much, which harms nobody.
  private func keeps(_ row: CRLRow, last: Int64, now: Date) -> Bool {
    last - row.baseLast <= Self.mostDeltaEntries
      && now.timeIntervalSince1970 - Double(row.base) / 1_000 < schedule.deltaLifetime
  }

  /// What the full CRL of a row says.
  func full(_ row: CRLRow) -> CRLTemplate {
    CRLTemplate(
      issuer: certificate, number: row.number, thisUpdate: row.thisUpdate, nextUpdate: row.fullUntil,
      deltaURL: row.deltaURL)
  }

  /// What its delta CRL says.
  func delta(_ row: CRLRow) -> CRLTemplate {
    CRLTemplate(
      issuer: certificate, number: row.number, base: row.base, thisUpdate: row.thisUpdate, nextUpdate: row.deltaUntil)
  }

  /// Whether the newest lists are to be made anew although nothing was revoked.
  func isDue(_ row: CRLRow?, now: Date) -> Bool {
    // A list that names another place for its delta CRL than certificates do now is good, and outdated.
    guard let row, row.deltaURL == deltaURL else { return true }
    let refresh = deltaURL == nil ? fullLifetime - StatusSchedule.anchorReserve : schedule.refresh
    // A clock that went back by an hour or more is set right the same way.
    return now >= row.thisUpdate + refresh || now < row.thisUpdate - 3_600
  }
}

extension Database {
  /// The last revocation among an issuer's certificates.
  func lastRevocation(issuer: Int) throws -> Int64 {
    try Int64.fetchOne(
      cachedStatement(sql: "SELECT max(id) FROM revocation WHERE issuer = ?"), arguments: [issuer]) ?? 0
  }
}
