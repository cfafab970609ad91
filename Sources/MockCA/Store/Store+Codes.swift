import Foundation
import GRDB
import PKI

extension Store {
  /// Remembers a one-time code, as a hash, with what its user may order.
  func addCode(
    _ code: OneTimeCode, profile: String, limits: AuthorityLimits?, expires: Date, now: Date
  ) async throws {
    let limits = try limits?.text
    try await log.write { database in
      try database.execute(
        sql: "INSERT INTO code (digest, profile, createdAt, expires, limits) VALUES (?, ?, ?, ?, ?)",
        arguments: [Data(code.digest), profile, now.seconds, expires.seconds, limits])
      try database.audit(.codeMade, reason: limits, context: AuditContext(profile: profile), now: now)
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
        let reserved = try database.findOrReserve(order.get(), limits: AuthorityLimits(), serial: serial, now: now)
        try database.spend(code, on: requestDigest, founding: reserved, now: now)
        result = .success(reserved)
      } catch {
        result = .failure(error)
      }
      return try database.audited(result, context: context, now: now)
    }
  }
}

extension Store {
  /// What the user of a code enrols for; nil when there is no such code.
  func profile(of code: OneTimeCode) async throws -> String? {
    try await reader.read { database in
      try String.fetchOne(
        database.cachedStatement(sql: "SELECT profile FROM code WHERE digest = ?"), arguments: [Data(code.digest)])
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

  /// Binds the code to its request, and its limits to the authority that it makes.
  fileprivate func spend(
    _ code: OneTimeCode, on requestDigest: [UInt8], founding order: Order, now: Date
  ) throws(Refusal) {
    try Refusal.wrap {
      let limits = try String.fetchOne(
        cachedStatement(sql: "SELECT limits FROM code WHERE digest = ?"), arguments: [Data(code.digest)])
      if order.profile == CertificateProfile.registrationAuthority.name {
        try addAuthority(founder: order.serial, limits: limits, now: now)
      }
      try cachedStatement(sql: "UPDATE code SET requestDigest = ? WHERE digest = ?").execute(
        arguments: [Data(requestDigest), Data(code.digest)])
    }
  }
}
