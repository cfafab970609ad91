import Foundation
import GRDB
import PKI

extension Store {
  /// Remembers a one-time code, as a hash.
  func addCode(_ code: OneTimeCode, expires: Date, now: Date) async throws {
    try await log.write { database in
      try database.execute(
        sql: "INSERT INTO code (digest, createdAt, expires) VALUES (?, ?, ?)",
        arguments: [Data(code.digest), now.seconds, expires.seconds])
      try database.audit(.codeMade, context: AuditContext(), now: now)
    }
  }

  /// Spends a one-time code on an order.
  ///
  /// The code dies at its first use: with it, it is bound to that one request. The same request again, after an answer was lost,
  /// gets the same certificate; any other request is refused.
  ///
  /// - Returns: the order, or a refusal that is in the audit table.
  func take(
    _ order: Result<IncomingOrder, Refusal>, requestDigest: [UInt8], code: OneTimeCode, serial: [UInt8],
    context: AuditContext, now: Date
  ) async throws -> Result<Order, Refusal> {
    try await log.write { database in
      let result: Result<Order, Refusal>
      do throws(Refusal) {
        // The code comes first: who has none learns nothing about the request.
        try database.requireUsable(code, for: requestDigest, now: now)
        let reserved = try database.findOrReserve(order.get(), serial: serial, now: now)
        try database.spend(code, on: requestDigest)
        result = .success(reserved)
      } catch {
        result = .failure(error)
      }
      return try database.audited(result, context: context, now: now)
    }
  }
}

extension Database {
  fileprivate func requireUsable(_ code: OneTimeCode, for requestDigest: [UInt8], now: Date) throws(Refusal) {
    try Refusal.wrap {
      let row = try Row.fetchOne(
        cachedStatement(sql: "SELECT expires, requestDigest FROM code WHERE digest = ?"),
        arguments: [Data(code.digest)])
      guard let row else { throw Refusal.codeUnknown }
      if let used = (row["requestDigest"] as Data?).map(Array.init) {
        guard used == requestDigest else { throw Refusal.codeUsed }
      } else {
        guard (row["expires"] as Int64) >= now.seconds else { throw Refusal.codeExpired }
      }
    }
  }

  fileprivate func spend(_ code: OneTimeCode, on requestDigest: [UInt8]) throws(Refusal) {
    try Refusal.wrap {
      try cachedStatement(sql: "UPDATE code SET requestDigest = ? WHERE digest = ?").execute(
        arguments: [Data(requestDigest), Data(code.digest)])
    }
  }
}
