import Foundation
import GRDB
import NIOCore
import PKI
import Synchronization
import X509

/// The CRLs of all issuers: made anew in time, and put together for whoever fetches one.
///
/// What is on the shelf is a copy of what the database says, and it asks before each answer: 'muster ca revoke' in another
/// process is in the list before that command ends.
final class CRLShelf: Sendable {
  /// A list as it is served.
  struct List: Sendable {
    /// The list in DER, in a buffer that all answers share.
    let body: ByteBuffer
    let number: Int64
    let thisUpdate: Date
    let nextUpdate: Date
  }

  private struct Copies {
    var entries: [Int: RevokedEntries] = [:]
    var full: [Int: List] = [:]
    var delta: [Int: List] = [:]
  }

  private let makers: [Int: CRLMaker]
  private let keys: [Int: SigningKey]
  private let anchorKey: @Sendable () -> SigningKey?
  private let reader: DatabasePool
  private let copies = Mutex(Copies())

  /// - Parameter anchorKey: the anchor's key where it is at hand; asked for only when it has to sign.
  init(
    _ authority: Authority, anchorKey: @escaping @Sendable () -> SigningKey?, reader: DatabasePool,
    schedule: StatusSchedule
  ) {
    self.anchorKey = anchorKey
    let issuing = authority.issuers.map { CRLMaker($0, settings: authority.settings, schedule: schedule) }
    makers = Dictionary(
      uniqueKeysWithValues: ([CRLMaker(anchor: authority.anchor)] + issuing).map { ($0.number, $0) })
    keys = Dictionary(uniqueKeysWithValues: authority.issuers.map { ($0.number, $0.key) })
    self.reader = reader
  }

  private func key(_ issuer: Int) -> SigningKey? { issuer == 0 ? anchorKey() : keys[issuer] }

  /// What need not be read again when the next lists are made.
  func knownEntries() async throws -> [Int: RevokedEntries] {
    try await reader.read { [self] database in
      var known = copies.withLock { $0.entries }
      for issuer in makers.keys {
        guard let row = try database.newestCRL(issuer: issuer) else { continue }
        try known[issuer, default: .init()].advance(to: row.last, since: row.since, issuer: issuer, in: database)
      }
      copies.withLock { $0.entries = known }
      return known
    }
  }

  /// Makes an issuer's next lists.
  ///
  /// - Throws: ``MockCAError``: `anchorOffline`, or `issuerGone` when the issuing CA is not in the directory any more: what its
  ///   list cannot say must not count as revoked.
  func publish(_ issuer: Int, knowing known: [Int: RevokedEntries], in database: Database, now: Date) throws {
    let (maker, key) = try maker(issuer)
    try maker.publish(knowing: known[issuer] ?? .init(), key: key, in: database, now: now)
  }

  /// Checks that an issuer's lists can be made; throws as ``publish(_:knowing:in:now:)``.
  func requireMaker(_ issuer: Int) throws { _ = try maker(issuer) }

  private func maker(_ issuer: Int) throws(MockCAError) -> (CRLMaker, SigningKey) {
    guard let maker = makers[issuer] else {
      throw MockCAError(
        .issuerGone, "The issuing CA \(issuer) is not here, so no CRL can say that a certificate of its is revoked.",
        remedy: "Put issuing-\(issuer).pem and issuing-\(issuer).key back into the directory.")
    }
    guard let key = key(issuer) else {
      throw MockCAError(
        .anchorOffline, "The anchor's key is not here, so its CRL cannot say that an issuing CA is revoked.",
        remedy: "Put anchor.key back into the directory for as long as it takes.")
    }
    return (maker, key)
  }

  /// Makes the lists anew whose time has come.
  ///
  /// - Returns: the issuers whose lists were made.
  func refresh(log: any CommitLog, now: Date) async throws -> [Int] {
    let due = try await reader.read { [makers] database in
      try makers.values.filter { $0.isDue(try database.newestCRL(issuer: $0.number), now: now) }.map(\.number)
    }.filter { key($0) != nil }
    let known = try await knownEntries()
    for issuer in due {
      try await log.write { [self] in try publish(issuer, knowing: known, in: $0, now: now) }
    }
    return due.sorted()
  }

  /// The newest full CRL of an issuer; nil when there is no such issuer.
  func full(_ issuer: Int) async throws -> List? {
    guard let maker = makers[issuer] else { return nil }
    return try await reader.read { [self] database -> List? in
      guard let row = try database.newestCRL(issuer: issuer) else { return nil }
      let (copy, known) = copies.withLock { ($0.full[issuer], $0.entries[issuer]) }
      if let copy, copy.number == row.number { return copy }
      var entries = known ?? .init()
      try entries.advance(to: row.last, since: row.since, issuer: issuer, in: database)
      let list = List(
        body: ByteBuffer(bytes: try maker.full(row).list(entries: entries.bytes, signature: row.fullSignature)),
        number: row.number, thisUpdate: row.thisUpdate, nextUpdate: row.fullUntil)
      copies.withLock { copies in
        copies.entries[issuer] = entries
        copies.full[issuer] = list
      }
      return list
    }
  }

  /// The newest delta CRL of an issuer; nil when there is no such issuer or it has none.
  func delta(_ issuer: Int) async throws -> List? {
    guard let maker = makers[issuer], maker.deltaURL != nil else { return nil }
    return try await reader.read { [self] database -> List? in
      guard let row = try database.newestCRL(issuer: issuer) else { return nil }
      if let copy = copies.withLock({ $0.delta[issuer] }), copy.number == row.number { return copy }
      let entries = try database.revokedEntries(issuer: issuer, after: row.baseLast, to: row.last)
      let list = List(
        body: ByteBuffer(bytes: try maker.delta(row).list(entries: entries, signature: row.deltaSignature)),
        number: row.number, thisUpdate: row.thisUpdate, nextUpdate: row.deltaUntil)
      copies.withLock { $0.delta[issuer] = list }
      return list
    }
  }
}
