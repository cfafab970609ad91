import Foundation
import GRDB
import PKI

extension Database {
  /// Records a registration authority with the limits of the code that it enrolled with.
  func addAuthority(founder: [UInt8], limits: String?, now: Date) throws {
    try cachedStatement(
      sql: "INSERT OR IGNORE INTO authority (founder, enrolledAt, limits) VALUES (?, ?, ?)"
    ).execute(arguments: [Data(founder), now.seconds, limits])
  }

  /// Checks whether an authority may make this order.
  ///
  /// - Returns: its limits, of which ``countOrder(_:within:now:)`` needs the rest.
  /// - Throws: `authoritySuspended`, `profileNotOfAuthority`, `nameNotOfAuthority`.
  func requireWithinLimits(_ order: IncomingOrder) throws(Refusal) -> AuthorityLimits {
    guard let row = try authorityRow(order.authority) else { return AuthorityLimits() }
    guard row["suspendedAt"] as Int64? == nil else { throw .authoritySuspended }
    let limits = try limits(row)
    try limits.check(order)
    return limits
  }

  /// Counts a new order of an authority.
  ///
  /// - Throws: `quotaExhausted` when it has made as many today as it may.
  func countOrder(_ order: IncomingOrder, within limits: AuthorityLimits, now: Date) throws(Refusal) {
    guard !order.authority.isEmpty, order.profile != .registrationAuthority else { return }
    try Refusal.wrap {
      let day = UsageDay(now)
      if let most = limits.perDay {
        let made = try Int.fetchOne(
          cachedStatement(sql: "SELECT ordered FROM usage WHERE founder = ? AND day = ?"),
          arguments: [Data(order.authority), day.number])
        guard made ?? 0 < most else { throw Refusal.quotaExhausted }
      }
      try meter(order.authority, .ordered, day)
    }
  }

  private func authorityRow(_ founder: [UInt8]) throws(Refusal) -> Row? {
    try Refusal.wrap {
      try Row.fetchOne(cachedStatement(sql: "SELECT * FROM authority WHERE founder = ?"), arguments: [Data(founder)])
    }
  }

  private func limits(_ row: Row) throws(Refusal) -> AuthorityLimits {
    guard let text = row["limits"] as String? else { return AuthorityLimits() }
    return try Refusal.wrap { try JSONDecoder().decode(AuthorityLimits.self, from: Data(text.utf8)) }
  }
}

extension AuthorityLimits {
  /// As the database keeps them.
  var text: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys]
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }
}
