public import Foundation
import GRDB
import PKI
import X509

/// What the check of a whole audit trail found.
public struct AuditVerdict: Sendable, Equatable, Codable {
  /// How many entries fit, from the first on.
  public var entries: Int
  /// The number of the newest entry that was signed.
  public var signedEntry: Int64
  /// When it was signed.
  public var signedAt: Date
  /// The first entry that is known to be wrong; nil when all is well.
  public var firstBad: Int64?
  /// What is wrong with it.
  public var reason: String?
}

extension ManagerFolder {
  /// Checks the audit trail of this manager, or of a backup, from the files alone; the manager may be running meanwhile.
  ///
  /// Every entry must fit to the one before it, and the trail must still hold what was signed: in the folder's own checkpoint,
  /// and in those that were copied away earlier. Entries younger than the newest checkpoint could be cut off unnoticed: at most a
  /// minute's, unless the manager was killed.
  ///
  /// - Parameter noted: files with such copies.
  /// - Throws: ``ManagerError``: `notFound` when there is no manager or checkpoint here, `unreadableFile`, `refused` when a checkpoint is
  ///   signed by none of the CA's registration authorities or by another network's, `database`.
  public func verifyAudit(noted: [String] = []) async throws -> AuditVerdict {
    guard FileManager.default.fileExists(atPath: database) else {
      throw ManagerError(
        .notFound, "There is no manager in \(path) that has ever run.", remedy: "Give its folder with --dir.")
    }
    let own = try AuditCheckpoint(file: auditCheckpoint)
    let anchors: [Certificate]
    do {
      anchors = try Certificate.readPEM(authorityAnchor)
    } catch let error as PKIError {
      throw ManagerError(error)
    }
    var positions: [AuditPosition] = []
    for (file, checkpoint) in try [(auditCheckpoint, own)] + noted.map({ ($0, try AuditCheckpoint(file: $0)) }) {
      guard checkpoint.network == own.network, let position = checkpoint.position,
        await checkpoint.isSigned(under: anchors)
      else {
        throw ManagerError(
          .refused, "\(file) is not signed by this manager.",
          remedy: "Somebody changed it, or it is of another manager: compare it with a copy that you trust.")
      }
      positions.append(position)
    }
    let (entries, damage) = try Self.follow(database, positions)
    return AuditVerdict(
      entries: entries, signedEntry: own.number, signedAt: Date(storedMilliseconds: own.at), firstBad: damage?.entry,
      reason: damage?.reason)
  }

  private static func follow(_ path: String, _ signed: [AuditPosition]) throws -> (Int, AuditDamage?) {
    do {
      var reading = GRDB.Configuration()
      reading.readonly = true
      reading.busyMode = .timeout(5)
      let queue = try DatabaseQueue(path: path, configuration: reading)
      defer { try? queue.close() }
      return try queue.read { database in
        var entries = 0
        let (head, damage) = try database.followAudit(from: .start) { _ in entries += 1 }
        if let damage { return (entries, damage) }
        for position in signed.sorted(by: { $0.number < $1.number }) {
          if position.number > head.number { return (entries, .missing(head.number + 1)) }
          if let damage = try database.auditDamage(at: position) { return (entries, damage) }
        }
        return (entries, nil)
      }
    } catch let error as DatabaseError {
      throw ManagerError(
        .database, "The database \(path) cannot be read: \(error.message ?? "\(error.resultCode)").",
        remedy: "Run as the manager's own user, and with the program that wrote it.")
    }
  }
}

extension Database {
  /// What is wrong with the entry at a place that was signed; nil when it is as it was.
  func auditDamage(at position: AuditPosition) throws -> AuditDamage? {
    let row = try Row.fetchOne(self, sql: "SELECT link FROM audit WHERE number = ?", arguments: [position.number])
    guard let row else {
      let newest = try auditHead().number
      return .missing(min(newest + 1, position.number))
    }
    return row.bytes("link") == position.link ? nil : .rewritten(position.number)
  }
}
