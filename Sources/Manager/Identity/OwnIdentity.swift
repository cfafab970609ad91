import Foundation
import Logging
import PKI
import SwiftASN1
import X509

/// Gets the manager its own certificates, and renews them in time: as registration authority, and as the server of the gateway
/// listener. Any start order will do: as long as the CA does not answer, it asks again.
struct OwnIdentity: Sendable {
  let configuration: ManagerConfiguration
  let ledger: Ledger
  let client: AuthorityClient
  let desk: OrderDesk
  let registrationAuthority: RegistrationAuthorityIdentity
  let server: ServerIdentity
  let logger: Logger
  /// Told when the CA takes orders again.
  let onReturn: @Sendable () async -> Void

  /// The longest time between two looks at the certificates' dates.
  private static let longestSleep: TimeInterval = 3600
  /// How often a manager that the CA refuses looks for a new one-time code.
  private static let codeInterval: Duration = .seconds(5)

  /// Works until the task is cancelled.
  func run() async throws {
    var failures = 0
    var refusalTold: String?
    while true {
      var pause: Duration
      do {
        let renewal = try await refresh()
        failures = 0
        let seconds = min(max(renewal.timeIntervalSince(ledger.clock.now), 60), Self.longestSleep)
        pause = .seconds(seconds)
      } catch let failure as Failure {
        failures += 1
        report(failure)
        pause = .seconds(min(1 << min(failures - 1, 4), 15)) * Double.random(in: 1...1.5)
      }
      if let refusal = registrationAuthority.refusal {
        if refusal != refusalTold { tell(refusal: refusal) }
        pause = min(pause, Self.codeInterval)
      }
      refusalTold = registrationAuthority.refusal
      // Until the next renewal or the next try, on the manager's own clock, and not longer than until the CA refuses it.
      try await registrationAuthority.sleep(for: pause, by: ledger.clock)
    }
  }

  /// Makes sure that both certificates are there and in use.
  ///
  /// - Returns: when the first of them is to be renewed.
  func refresh() async throws -> Date {
    let first = try await attempt(.registrationAuthority) { try await refreshRegistrationAuthority() }
    let second = try await attempt(.server) { try await refreshServer() }
    return min(first, second)
  }

  private func refreshRegistrationAuthority() async throws -> Date {
    let way = RegistrationAuthorityReturn(configuration: configuration, ledger: ledger, client: client)
    try await way.finish()
    if registrationAuthority.refusal != nil, way.isOpen {
      let (key, record) = try await way.enrol()
      try registrationAuthority.replace(key: key, record: told(record, .registrationAuthority))
      await onReturn()
      return RenewalRule.time(record)
    }
    let key = try KeyFile.readOrCreate(configuration.folder.registrationAuthorityKey)
    let record = try await current(.registrationAuthority, key: key) { old in
      guard let old else {
        return try await RegistrationAuthorityEnrolment(
          folder: configuration.folder, network: configuration.network, ledger: ledger, client: client
        ).obtain(key: key)
      }
      // The certificate in force signs the order of the next one, for the same names.
      try registrationAuthority.replace(key: key, record: old)
      let request = try CertificationRequest(
        subject: try Subject(organization: configuration.network, commonName: "\(configuration.network) manager"),
        key: key)
      return try await desk.obtain(request, for: .manager(.registrationAuthority), profile: "ra", by: .manager)
    }
    try registrationAuthority.replace(key: key, record: record)
    return RenewalRule.time(record)
  }

  private func refreshServer() async throws -> Date {
    let key = try KeyFile.readOrCreate(configuration.folder.serverKey)
    let record = try await current(.server, key: key) { _ in
      let names = SubjectNames(configuration.gatewayNames)
      let request = try CertificationRequest(
        subject: try Subject(organization: configuration.network, commonName: configuration.gatewayNames[0]),
        dnsNames: names.dnsNames, ipAddresses: names.ipAddresses, key: key)
      return try await desk.obtain(request, for: .manager(.server), profile: "server", by: .manager)
    }
    let chain = try ([record.der] + record.chain).map { try Certificate(derEncoded: $0) }
    try server.replace(key: key, chain: chain, anchors: client.anchors)
    return RenewalRule.time(record)
  }

  /// The certificate in force, or a new one when there is none or its time has come. As long as the old one is valid, a
  /// renewal that fails is no reason to stop.
  private func current(
    _ role: Holder.Role, key: SigningKey, obtain: (_ old: CertificateRecord?) async throws -> CertificateRecord
  ) async throws -> CertificateRecord {
    let now = ledger.clock.now
    let stored = try await ledger.store.activeCertificate(of: .manager(role))
    if let stored, stored.key == KeyDigest(sha256: key.publicKey.keyDigest), now < stored.notAfter {
      guard RenewalRule.isDue(stored, now: now) else { return stored }
      do {
        return told(try await obtain(stored), role)
      } catch let error as ManagerError {
        try Task.checkCancellation()
        report(Failure(role: role, error: error))
        return stored
      }
    }
    return told(try await obtain(nil), role)
  }

  private func told(_ record: CertificateRecord, _ role: Holder.Role) -> CertificateRecord {
    var event = ManagerEvent(.identity, at: ledger.clock.now)
    event.role = role.rawValue
    event.serial = record.serial
    ledger.events(event)
    return record
  }

  private struct Failure: Error {
    let role: Holder.Role
    let error: ManagerError
  }

  private func attempt(_ role: Holder.Role, _ body: () async throws -> Date) async throws -> Date {
    do {
      return try await body()
    } catch let error as ManagerError {
      // Who was told to end has nothing to report.
      try Task.checkCancellation()
      throw Failure(role: role, error: error)
    } catch let error as PKIError {
      throw Failure(role: role, error: ManagerError(error))
    }
  }

  private func tell(refusal: String) {
    logger.error("the CA takes no orders from this manager", metadata: ["reason": "\(refusal)"])
    var event = ManagerEvent(.disowned, at: ledger.clock.now)
    event.role = Holder.Role.registrationAuthority.rawValue
    event.problem = ManagerError.Code.refused.rawValue
    event.detail = ManagerError.disowned(refusal).description
    ledger.events(event)
  }

  private func report(_ failure: Failure) {
    logger.warning(
      "no certificate yet", metadata: ["role": "\(failure.role.rawValue)", "error": "\(failure.error)"])
    var event = ManagerEvent(.waiting, at: ledger.clock.now)
    event.role = failure.role.rawValue
    event.detail = failure.error.description
    ledger.events(event)
  }
}
