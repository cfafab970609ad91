import Foundation
import GRDB
import PKI

/// An order as it came in, checked as far as it can be without the database.
struct IncomingOrder: Sendable {
  /// What kind of certificate.
  let profile: CertificateProfile
  /// Who is to sign: the issuing CA's number.
  let issuer: Int
  /// Who orders: a registration authority's serial number, or empty.
  let authority: [UInt8]
  /// The order's identity with that authority.
  let transaction: [UInt8]
  /// What is to be certified.
  let request: CertificationRequest
}

extension Store {
  /// Takes an order from a registration authority: burns its nonce, then finds the order or gives it a serial number.
  ///
  /// - Parameters:
  ///   - order: the order, or why its content is refused; the nonce is burnt in either case.
  ///   - nonce: the message's nonce.
  ///   - nonceExpires: when messages of its signing time are no longer accepted anyway.
  ///   - serial: the serial number for a new order.
  ///   - context: what an audit row says about the message.
  /// - Returns: the order, new or known. A refusal is in the audit table when this returns.
  func take(
    _ order: Result<IncomingOrder, Refusal>, authority: [UInt8], nonce: [UInt8], nonceExpires: Date, serial: [UInt8],
    context: AuditContext, now: Date
  ) async throws -> Result<Order, Refusal> {
    try await log.write { database in
      let result: Result<Order, Refusal>
      do throws(Refusal) {
        // Again, with nothing between this and the order: it may have been revoked since its signature was checked.
        try database.requireStanding(authority)
        try database.burnNonce(nonce, of: authority, expires: nonceExpires, now: now)
        let order = try order.get()
        let limits = try database.requireWithinLimits(order)
        result = .success(try database.findOrReserve(order, limits: limits, serial: serial, now: now))
      } catch {
        result = .failure(error)
      }
      return try database.audited(result, context: context, now: now)
    }
  }

  /// Reserves a serial number for a certificate that the CA makes for itself.
  func takeOwn(_ order: IncomingOrder, serial: [UInt8], now: Date) async throws -> Order {
    try await log.write { database in
      // Also under an issuer that was revoked: its status is told until it ends.
      try database.requireFreeKey(order)
      return try database.reserve(order, serial: serial, now: now)
    }
  }

  /// Records the TBSCertificate that was checked.
  func setTBS(_ tbs: [UInt8], serial: [UInt8]) async throws {
    try await log.write { database in
      try database.cachedStatement(sql: "UPDATE certificate SET tbs = ? WHERE serial = ? AND tbs IS NULL").execute(
        arguments: [Data(tbs), Data(serial)])
    }
  }

  /// Records the signed certificate, unless another attempt at the same order was faster.
  ///
  /// - Returns: the certificate on record: the only one that may leave.
  func setCertificate(
    _ certificate: [UInt8], of order: Order, notAfter: Date, context: AuditContext, now: Date
  ) async throws -> [UInt8] {
    try await log.write { database in
      try database.cachedStatement(
        sql: "UPDATE certificate SET der = ?, notAfter = ?, issuedAt = ? WHERE serial = ? AND der IS NULL"
      ).execute(arguments: [Data(certificate), notAfter.seconds, now.seconds, Data(order.serial)])
      guard database.changesCount == 1 else {
        return try database.order(serial: order.serial)?.certificate ?? certificate
      }
      // The anchor has a CRL only.
      if order.issuer > 0 { try database.awaitAnswer(serial: order.serial) }
      try database.meterIssued(order, now: now)
      try database.audit(.issued, context: context, serial: order.serial, now: now)
      return certificate
    }
  }
}

extension Database {
  func order(serial: [UInt8]) throws -> Order? {
    try Order.fetchOne(
      cachedStatement(sql: "SELECT * FROM certificate WHERE serial = ?"), arguments: [Data(serial)])
  }

  /// - Throws: `authorityRevoked` once an authority's certificates were revoked, which is always all of them.
  func requireStanding(_ authority: [UInt8]) throws(Refusal) {
    try Refusal.wrap {
      let isRevoked = try Bool.fetchOne(
        cachedStatement(sql: "SELECT revokedAt IS NOT NULL FROM certificate WHERE serial = ?"),
        arguments: [Data(authority)])
      guard isRevoked != true else { throw Refusal.authorityRevoked }
    }
  }

  /// Finds the order of this authority and transaction, or makes it.
  ///
  /// - Parameter limits: of the authority; none for who has a code or a certificate of its own.
  /// - Throws: the refusal that the transaction rules, the key rules, the limits or the issuer demand.
  func findOrReserve(
    _ order: IncomingOrder, limits: AuthorityLimits, serial: [UInt8], now: Date
  ) throws(Refusal) -> Order {
    try Refusal.wrap {
      let known = try Order.fetchOne(
        cachedStatement(sql: "SELECT * FROM certificate WHERE authority = ? AND \"transaction\" = ?"),
        arguments: [Data(order.authority), Data(order.transaction)])
      if let known {
        guard known.requestDigest == order.request.digest, known.profile == order.profile.name else {
          throw Refusal.transactionReused
        }
        guard known.revokedAt == nil else { throw Refusal.certificateRevoked }
        try requireIssuer(known.issuer)
        return known
      }
      try requireIssuer(order.issuer)
      try requireFreeKey(order)
      try countOrder(order, within: limits, now: now)
      return try reserve(order, serial: serial, now: now)
    }
  }

  /// A revoked CA signs nothing any more, from the same transaction on.
  private func requireIssuer(_ number: Int) throws {
    guard try revocation(ofIssuer: number) == nil else { throw Refusal.issuerRevoked }
  }

  /// A key belongs to one subject for ever, and to none after its certificate was revoked.
  fileprivate func requireFreeKey(_ order: IncomingOrder) throws {
    let rows = try Row.fetchCursor(
      cachedStatement(sql: "SELECT subject, profile, revokedAt FROM certificate WHERE keyDigest = ?"),
      arguments: [Data(order.request.keyDigest)])
    let subject = try order.request.subject.derBytes
    while let row = try rows.next() {
      guard row.bytes("subject") == subject, row["profile"] as String == order.profile.name else {
        throw Refusal.keyOfAnotherSubject
      }
      guard row["revokedAt"] as Int64? == nil else { throw Refusal.keyRevoked }
    }
  }

  fileprivate func reserve(_ order: IncomingOrder, serial: [UInt8], now: Date) throws -> Order {
    let made = try Order(
      serial: serial, profile: order.profile.name, issuer: order.issuer, authority: order.authority,
      transaction: order.transaction, request: order.request.derBytes, requestDigest: order.request.digest,
      subject: order.request.subject.derBytes,
      notBefore: Date(timeIntervalSince1970: TimeInterval((now - Authority.backdating).seconds)), tbs: nil,
      certificate: nil, notAfter: nil, revokedAt: nil)
    try cachedStatement(
      sql: """
        INSERT INTO certificate (serial, profile, authority, "transaction", request, requestDigest, keyDigest, subject,
          notBefore, reservedAt, issuer) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      Data(made.serial), made.profile, Data(made.authority), Data(made.transaction), Data(made.request),
      Data(made.requestDigest), Data(order.request.keyDigest), Data(made.subject), made.notBefore.seconds, now.seconds,
      made.issuer,
    ])
    return made
  }
}
