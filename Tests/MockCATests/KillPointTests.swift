import Foundation
import GRDB
import PKI
import Synchronization
import Testing
import X509

@testable import MockCA

/// A log that dies at one of its commits, as a process does that is killed: nothing after that works.
final class DyingLog: CommitLog {
  enum Death: CaseIterable {
    /// Nothing of the commit is on disk.
    case before
    /// The commit is on disk, but nobody hears of it.
    case after
  }

  struct Killed: Error {}

  private let log: any CommitLog
  private let death: Death
  private let state: Mutex<(left: Int, isDead: Bool)>

  init(_ log: any CommitLog, death: Death, at commit: Int) {
    self.log = log
    self.death = death
    state = Mutex((commit, false))
  }

  var isDead: Bool { state.withLock { $0.isDead } }

  func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
    let dies = try state.withLock { state in
      guard !state.isDead else { throw Killed() }
      state.left -= 1
      state.isDead = state.left == 0
      return state.isDead
    }
    if dies && death == .before { throw Killed() }
    let value = try await log.write(body)
    if dies { throw Killed() }
    return value
  }
}

@Suite("The CA killed between any two steps")
struct KillPointTests {
  /// The commits of one order: serial number and nonce, TBSCertificate, certificate.
  private static let commitsPerOrder = 3

  @Test("An order survives a kill before and after each commit: the same order gets one certificate, and only one")
  func orders() async throws {
    for death in DyingLog.Death.allCases {
      for commit in 1...Self.commitsPerOrder {
        let ca = try TestCA()
        let ra = try await ca.makeRA()
        let (transaction, request) = (TransactionID.random(), try deviceRequest())
        let log = DyingLog(ca.store.log, death: death, at: commit)
        let dying = TestCA.registrar(
          ca.authority, Store(reader: ca.store.reader, log: log), ca.clock)

        func ask(_ registrar: Registrar) async throws -> Result<Certificate, Refusal> {
          let message = CMCRequest(transaction: transaction, certificationRequest: request)
          return await registrar.handleFullCMC(try ra.order(message, at: ca.clock.now), profile: .device).1
        }

        #expect(try await ask(dying) == .failure(.storeFailed), "\(death) commit \(commit)")
        #expect(log.isDead)
        // Time goes by; the certificate must not notice.
        ca.clock.advance(by: 100)
        let reserved = try await rows(ca.store, transaction)
        let restarted = try ca.restarted()
        let certificate = try await ask(restarted).get()
        #expect(try await ask(restarted).get() == certificate)

        let after = try await rows(ca.store, transaction)
        #expect(after.count == 1, "\(death) commit \(commit)")
        #expect(after.first?.serial == Array(certificate.serialNumber.bytes))
        #expect(after.first?.tbs == Array(certificate.tbsCertificateBytes))
        if let before = reserved.first {
          #expect(before.serial == after.first?.serial, "\(death) commit \(commit)")
          #expect(before.tbs == nil || before.tbs == after.first?.tbs)
        }
        #expect(try await ca.store.auditRows().count { $0.event == "issued" && $0.profile == "device" } == 1)
      }
    }
  }

  @Test("A registration authority's enrolment survives a kill at each commit, and its code admits nobody else")
  func enrolment() async throws {
    for death in DyingLog.Death.allCases {
      for commit in 1...Self.commitsPerOrder {
        let ca = try TestCA()
        let code = try await MockCA.makeCode(directory: ca.directory, now: ca.clock.now)
        let request = try CertificationRequest(subject: Subject(commonName: "manager"), key: SigningKey())
        let log = DyingLog(ca.store.log, death: death, at: commit)
        let dying = TestCA.registrar(
          ca.authority, Store(reader: ca.store.reader, log: log), ca.clock)
        #expect(await dying.handleEnrolment(request.derBytes, code: code) == .failure(.storeFailed))
        let restarted = try ca.restarted()
        let certificate = try await restarted.handleEnrolment(request.derBytes, code: code).get()
        #expect(try await restarted.handleEnrolment(request.derBytes, code: code).get() == certificate)
        let other = try CertificationRequest(subject: Subject(commonName: "thief"), key: SigningKey())
        #expect(await restarted.handleEnrolment(other.derBytes, code: code) == .failure(.codeUsed))
      }
    }
  }

  private func rows(_ store: Store, _ transaction: TransactionID) async throws -> [Order] {
    try await store.reader.read { database in
      try Order.fetchAll(
        database, sql: "SELECT * FROM certificate WHERE \"transaction\" = ?", arguments: [Data(transaction.bytes)])
    }
  }
}
