import Durability
import Foundation
import GRDB

extension SQLiteStore {
  @discardableResult
  func commit(_ change: Change, by actor: Actor, at now: Date) async throws -> [DeviceTransition] {
    try await group.write { database in
      var transaction = StoreTransaction(database: database, now: now)
      for part in change.parts {
        let before = transaction.transitions.count
        try transaction.apply(part)
        try transaction.audit(part, from: transaction.transitions.dropFirst(before).first?.from, by: actor)
      }
      return transaction.transitions
    }
  }

  func sight(_ id: DeviceID, _ sighting: Sighting, at now: Date) async throws {
    try await group.write { database in
      try StoreTransaction(database: database, now: now).sight(id, sighting)
    }
  }

  func delayRevocation(of id: CertificateID, until next: Date, trouble: String, at now: Date) async throws {
    try await group.write { database in
      try StoreTransaction(database: database, now: now).delayRevocation(of: id, trouble, next)
    }
  }
}

/// One change being written: every function here runs inside one transaction and either finishes or throws.
struct StoreTransaction {
  let database: Database
  let now: Date
  var transitions: [DeviceTransition] = []

  mutating func apply(_ change: Change) throws {
    switch change {
    case .addDevice(let id, let model, let thumbprint): try add(id, model: model, thumbprint: thumbprint)
    case .importDevices: break  // Its parts are written one by one.
    case .meetDevice(let id, let sighting, let key):
      try insert(id, state: .pending, model: sighting.model, thumbprint: key.thumbprint, key: key)
      try sight(id, sighting)
      try arrive(id, sighting.route)
    case .identifyDevice(let id, let key): try identify(id, key)
    case .offerTrust, .resetDevice: break  // Told in the audit trail; the device itself says where it stands.
    case .alarmDevice(let id, let alarm): try set(alarm, on: id)
    case .acknowledgeDevice(let id): try acknowledge(id)
    case .relocateDevice(let id, let sighting): try relocate(id, sighting)
    case .stepDevice(let id, let event, let reason): try step(id, event, reason: reason)
    case .trouble(let id, let problem): try set(problem, on: id)
    case .recoverDevice(let id): try clearProblem(of: id)
    case .retryDevice(let id): try retry(id)
    case .placeOrder(let id, let order): try place(order, for: id)
    case .continueOrder(let id, let order): try continueOrder(order, for: id)
    case .placeOwnOrder(let order): try placeOwn(order)
    case .sendOrder(let id, let message):
      try refuseBlocked(holderOf: id)
      try update("UPDATE certificate_order SET sent = ? WHERE id = ? AND state = 'open'", [Data(message), id.text])
    case .refuseOrder(let order, let problem): try refuse(order, problem)
    case .issue(let record): try issue(record)
    case .deliver(let id, let certificate): try deliver(certificate, to: id)
    case .refuseCertificate(let id, let certificate, let problem):
      try update("UPDATE certificate SET refusal = ? WHERE id = ?", [problem.detail, certificate.text])
      try set(problem, on: id)
    case .activate(let id, let certificate, let report): try activate(certificate, of: id, report: report)
    case .placeGatewayRenewal(let order): try placeGatewayRenewal(order)
    case .adoptGatewayCertificate(let name, let id): try adopt(id, by: name)
    case .revokeGateway(let name, let reason): try revokeGateway(name, reason)
    case .takeRevocation(let id, let holder, let reason): try takeRevocation(of: id, holder, reason)
    case .toldRevocation(let id, _): try settleRevocation(of: id)
    case .inviteDevice(let invitation): try invite(invitation)
    case .meetRequest(let id, let key, let profile):
      try insert(id, state: .pending, model: nil, thumbprint: key)
      try update("UPDATE device SET est_profile = ? WHERE id = ?", [profile, id.text])
    case .takeRequest(let id, let order, let profile, let ground): try take(order, for: id, profile.name, ground)
    case .refuseRequest: break  // An entry of the audit trail and nothing else.
    }
  }

  /// - Parameter state: where its device stood before, if it was a step of one.
  func audit(_ change: Change, from state: DeviceState?, by actor: Actor) throws {
    var (action, subject, detail) = change.audit
    if case .stepDevice = change { detail["from"] = state?.rawValue }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try database.appendAudit(
      at: now.storedMilliseconds, actor: actor.text, action: action, subject: subject,
      detail: String(decoding: try encoder.encode(detail), as: UTF8.self))
  }

  /// Runs an `UPDATE` that must meet exactly one row: otherwise somebody else was faster.
  func update(_ sql: String, _ arguments: StatementArguments) throws {
    try database.execute(sql: sql, arguments: arguments)
    guard database.changesCount == 1 else {
      throw ManagerError(.conflict, "The store has changed meanwhile.", remedy: "Look again and try again.")
    }
  }
}
