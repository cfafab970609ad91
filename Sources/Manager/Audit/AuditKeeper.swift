import Foundation
import GRDB
import Logging
import PKI
import Synchronization

/// Signs, once a minute, how far the audit trail goes.
///
/// Only what fits to the checkpoint before is signed: a trail that somebody cut or rewrote is told of, and the old checkpoint stays, since
/// it is the evidence.
final class AuditKeeper: Sendable {
  private static let interval: Duration = .seconds(60)

  private let database: SQLiteStore
  private let file: String
  private let network: String
  private let identity: RegistrationAuthorityIdentity
  private let clock: any ManagerClock
  private let events: EventSink
  private let logger: Logger
  private let told = Mutex<AuditDamage?>(nil)

  /// - Parameter file: where the checkpoint is.
  init(
    database: SQLiteStore, file: String, network: String, identity: RegistrationAuthorityIdentity,
    clock: any ManagerClock, events: @escaping EventSink, logger: Logger
  ) {
    self.database = database
    self.file = file
    self.network = network
    self.identity = identity
    self.clock = clock
    self.events = events
    self.logger = logger
  }

  /// Works until the task is cancelled.
  func run() async throws {
    while true {
      // The manager's clock: a minute of it, which tests do not wait for.
      try await clock.sleep(for: Self.interval)
      await sign()
    }
  }

  /// Signs what is new. What cannot be signed now is signed the next time.
  func sign() async {
    do {
      try await signWhatIsNew()
    } catch {
      logger.error("the audit trail could not be signed", metadata: ["error": "\(error)"])
    }
  }

  /// - Throws: what the store, the key's token or the file's folder say.
  func signWhatIsNew() async throws {
    guard let signer = identity.current else { return }
    let known = try knownPosition()
    let (head, damage) = try await database.checkAudit(behind: known)
    if let damage { return tell(damage) }
    guard head.number > known.number else { return }
    let checkpoint = try await AuditCheckpoint(head, network: network, at: clock.now, signer: signer)
    try DurableFile.replace(file, bytes: try checkpoint.json, mode: 0o600)
  }

  private func knownPosition() throws -> AuditPosition {
    guard FileManager.default.fileExists(atPath: file) else { return .start }
    guard let position = try AuditCheckpoint(file: file).position else {
      throw ManagerError(.unreadableFile, "\(file) is not a checkpoint of an audit trail.")
    }
    return position
  }

  private func tell(_ damage: AuditDamage) {
    let isNew = told.withLock { told in
      defer { told = damage }
      return told != damage
    }
    guard isNew else { return }
    logger.critical("the audit trail was tampered with", metadata: ["entry": "\(damage.entry)"])
    var event = ManagerEvent(.tampered, at: clock.now)
    event.detail = damage.reason
    events(event)
  }
}

extension SQLiteStore {
  /// Follows the trail behind a place that is known to be good.
  ///
  /// - Returns: the newest entry, and what is wrong.
  func checkAudit(behind known: AuditPosition) async throws -> (AuditPosition, AuditDamage?) {
    try await pool.read { database in
      if known.number > 0, let damage = try database.auditDamage(at: known) { return (known, damage) }
      return try database.followAudit(from: known)
    }
  }
}
