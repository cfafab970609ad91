import Foundation
import Logging
import PKI
import SwiftASN1
import X509

/// Takes over what the CA revoked: reads the list of every CA that issued a certificate here, once in an interval.
///
/// Nobody is cut off because a list cannot be had: whoever can keep the manager from the CA could cut off a network with that.
/// The status says so, and after some looks in vain there is a warning.
struct ListKeeper: Sendable {
  let ledger: Ledger
  let anchors: [Certificate]
  let interval: Duration
  let life: LifeDesk
  let gateways: GatewayLifeDesk
  let logger: Logger
  /// Gets a list by its URL.
  let fetch: @Sendable (String) async throws -> [UInt8]

  /// After so many looks in vain there is a warning.
  static let patience = 3
  /// How many serial numbers are looked up at once.
  private static let batch = 500

  /// Works until the task is cancelled.
  func run() async throws {
    while true {
      do {
        try await check()
      } catch let error where !(error is CancellationError) {
        logger.error("the CAs' lists could not be checked", metadata: ["error": "\(error)"])
      }
      try await ledger.clock.sleep(for: interval)
    }
  }

  /// One look at every list.
  ///
  /// - Throws: the store's errors.
  func check() async throws {
    for record in try await ledger.store.authorityLists() {
      do {
        try await check(record)
      } catch let error as Unbelievable {
        try Task.checkCancellation()
        try await miss(record, error.reason)
      }
    }
  }

  private struct Unbelievable: Error { let reason: String }

  private func check(_ record: AuthorityListRecord) async throws {
    guard let certificate = try await ledger.store.certificate(record.certificate),
      let (url, issuer) = try place(of: certificate)
    else { return }
    let list = try await believed(url, issuer, record)
    let now = ledger.clock.now
    for start in stride(from: 0, to: list.entries.count, by: Self.batch) {
      let entries = list.entries[start..<min(start + Self.batch, list.entries.count)]
      try await take(entries, of: record.issuer)
    }
    try await ledger.store.note(
      .read(number: list.number.hexadecimal, thisUpdate: list.thisUpdate, nextUpdate: list.nextUpdate, at: now),
      of: record.issuer)
  }

  /// Where the list is, and who signs it; nil for a CA that names none, such as the manager's own sub-CA.
  private func place(of record: CertificateRecord) throws -> (url: String, issuer: Certificate)? {
    let certificate = try Certificate(derEncoded: record.der)
    guard let url = certificate.revocationListURL else { return nil }
    let issuers = try record.chain.map { try Certificate(derEncoded: $0) } + anchors
    guard let issuer = issuers.first(where: { $0.subject == certificate.issuer }) else { return nil }
    return (url, issuer)
  }

  private func believed(
    _ url: String, _ issuer: Certificate, _ record: AuthorityListRecord
  ) async throws -> RevocationList {
    let bytes: [UInt8]
    do {
      bytes = try await fetch(url)
    } catch let error as ManagerError {
      throw Unbelievable(reason: error.reason)
    }
    let list: RevocationList
    do {
      list = try RevocationList(bytes)
      try list.verify(issuer: issuer, now: ledger.clock.now)
    } catch {
      throw Unbelievable(reason: "The list at \(url) is not believed (\(error.rawValue)).")
    }
    // Somebody gives out an old list, from before a revocation.
    if let known = record.number.flatMap({ [UInt8](hexadecimal: $0) }), RevocationList.isBelow(list.number, known) {
      throw Unbelievable(reason: "The list at \(url) is not believed (number-backwards): it is older than one before.")
    }
    return list
  }

  private func take(_ entries: ArraySlice<RevocationList.Entry>, of issuer: String) async throws {
    let reasons = Dictionary(
      entries.map { ($0.serialNumber.hexadecimal, $0.reason ?? .unspecified) }, uniquingKeysWith: { first, _ in first })
    for (serial, found) in try await ledger.store.unrevoked(Array(reasons.keys), of: issuer) {
      let (certificate, holder) = found
      try await ledger.commit(.takeRevocation(certificate, holder, reasons[serial] ?? .unspecified), by: .authority)
      logger.warning("the CA revoked a certificate", metadata: ["serial": "\(serial)", "holder": "\(holder.name)"])
      switch holder {
      case .device(let id): _ = try await life.takeEffect(on: id)
      case .gateway(let name):
        guard try await ledger.store.gateway(name)?.state == .revoked else { continue }
        _ = await gateways.takeEffect(on: name)
      case .manager: break
      }
    }
  }

  private func miss(_ record: AuthorityListRecord, _ reason: String) async throws {
    try await ledger.store.note(.missed(reason), of: record.issuer)
    guard record.missed + 1 >= Self.patience else {
      return logger.info("no list of the CA", metadata: ["issuer": "\(record.issuer)", "reason": "\(reason)"])
    }
    logger.warning(
      "what the CA revoked is not known",
      metadata: ["issuer": "\(record.issuer)", "looks": "\(record.missed + 1)", "reason": "\(reason)"])
    guard record.missed + 1 == Self.patience else { return }
    var event = ManagerEvent(.authoritySilent, at: ledger.clock.now)
    event.detail = reason
    ledger.events(event)
  }
}
