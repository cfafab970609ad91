import AsyncHTTPClient
import Foundation
import GRDB
import NIOSSL
import PKI
import Synchronization
import TestKit
import Testing
import X509

@testable import MockCA

/// `muster ca run` as a process of its own, killed in the middle of its work.
@Suite("The CA killed under load", .serialized)
struct KillTests {
  private static let rounds = ProcessInfo.processInfo.environment["MUSTER_SOAK"] == nil ? 3 : 300

  /// What the CA has acknowledged.
  private final class Ledger: Sendable {
    private let state = Mutex<(issued: [[UInt8]: [UInt8]], twice: Set<[UInt8]>, revoked: Set<[UInt8]>)>(([:], [], []))

    var issued: [[UInt8]: [UInt8]] { state.withLock { $0.issued } }
    /// Serial numbers of two certificates.
    var twice: Set<[UInt8]> { state.withLock { $0.twice } }
    var revoked: Set<[UInt8]> { state.withLock { $0.revoked } }
    func issued(_ certificate: Certificate) throws {
      let der = try certificate.der
      let serial = Array(certificate.serialNumber.bytes)
      state.withLock { state in
        // Every order here is another one, and so every certificate.
        if state.issued.updateValue(der, forKey: serial) != nil { state.twice.insert(serial) }
      }
    }
    func revoked(_ certificate: Certificate) {
      _ = state.withLock { $0.revoked.insert(Array(certificate.serialNumber.bytes)) }
    }
  }

  @Test(
    "Whenever it is killed, nothing that it acknowledged is lost, no serial number is given twice, the database is whole"
  )
  func kills() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let ledger = Ledger()
    var random = SplitMix(seed: 0x4CA)
    for round in 1...Self.rounds {
      let process = try RunningCA(directory: ca.directory)
      let port = try await process.port()
      let client = try TestServer.client(ca.directory)
      let server = TestServer(port: port, statusPort: 0, client: client)
      let pause = Int.random(in: 200...900, using: &random)
      await withTaskGroup(of: Void.self) { group in
        for worker in 0..<6 {
          group.addTask {
            // Until the connection breaks.
            for number in 0... {
              guard
                let certificate = try? await order("\(round)-\(worker)-\(number)", ra, server, now: Date()),
                (try? ledger.issued(certificate)) != nil
              else { return }
              guard number % 3 == 0 else { continue }
              guard (try? await revoke(certificate, ra, server, now: Date())) == true else { return }
              ledger.revoked(certificate)
            }
          }
        }
        // Another process's life: how long it is left to work before it dies is what the seed decides.
        try? await Task.sleep(for: .milliseconds(pause))
        process.kill()
      }
      try await client.shutdown()
      try await check(ca, ledger, round: round)
    }
    #expect(ledger.issued.count >= Self.rounds && !ledger.revoked.isEmpty)
  }

  private func order(
    _ serial: String, _ ra: TestRA, _ server: TestServer, now: Date
  ) async throws -> Certificate? {
    let request = CMCRequest(transaction: .random(), certificationRequest: try deviceRequest(serial: serial))
    let http = try await server.order(ra.order(request, at: now))
    guard
      case .issued(let certificate, _) = try await CMCAnswer(
        http.decoded, to: request, anchors: [ra.anchor], now: now)
    else { return nil }
    return certificate
  }

  private func revoke(
    _ certificate: Certificate, _ ra: TestRA, _ server: TestServer, now: Date
  ) async throws -> Bool {
    let request = try CMCRevocation(transaction: .random(), certificate: certificate, reason: .superseded)
    let message = try request.signed(
      with: ra.key, certificate: ra.certificate, issuers: [ra.authority.issuing], at: now)
    let http = try await server.order(message)
    return try await CMCAnswer.refusal(http.decoded, of: request, anchors: [ra.anchor], now: now) == nil
  }

  private func check(_ ca: TestCA, _ ledger: Ledger, round: Int) async throws {
    let store = Store(try CADirectory(ca.directory).openDatabase())
    let (whole, known) = try await store.reader.read { database in
      let rows = try Row.fetchAll(database, sql: "SELECT serial, der, revokedAt FROM certificate WHERE der IS NOT NULL")
      let known = rows.map { row in (row.bytes("serial"), row.bytes("der"), row["revokedAt"] as Int64? != nil) }
      return (try String.fetchOne(database, sql: "PRAGMA integrity_check"), known)
    }
    #expect(whole == "ok", "round \(round)")
    #expect(ledger.twice.isEmpty, "round \(round)")
    let certificates = Dictionary(uniqueKeysWithValues: known.map { ($0.0, ($0.1, $0.2)) })
    for (serial, der) in ledger.issued { #expect(certificates[serial]?.0 == der, "round \(round)") }
    for serial in ledger.revoked { #expect(certificates[serial]?.1 == true, "round \(round)") }
    let lists = CRLShelf(ca.authority, anchorKey: { nil }, reader: store.reader, schedule: StatusSchedule())
    let list = try #require(try await lists.full(1)).body.readableBytesView
    // As the list says it, not as bytes that may stand somewhere in it.
    let scratch = try Scratch()
    let file = try scratch.write("list.crl", list)
    let listed = try Tool.run("openssl", ["crl", "-inform", "DER", "-noout", "-text", "-in", file])
    let serials = Set(
      String(decoding: listed, as: UTF8.self).split(separator: "Serial Number: ").dropFirst().map {
        $0.prefix { $0.isHexDigit }.lowercased()
      })
    #expect(serials.isSuperset(of: ledger.revoked.map(\.hexadecimal)), "round \(round)")
    #expect(try await store.checkAudit(noted: nil).isWhole, "round \(round)")
    try store.reader.close()
  }
}

/// A CA in a process of its own.
private final class RunningCA: Sendable {
  private let process: Process
  private let output = Pipe()

  init(directory: String) throws {
    process = Process()
    process.executableURL = CommandTests.executable
    process.arguments = ["ca", "run", "--dir", directory, "--listen", "localhost:0", "--status-port", "0", "--json"]
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  /// The port that it listens on, once it does.
  func port() async throws -> Int {
    struct Event: Decodable {
      let event: String
      let address: String?
    }
    var text: [UInt8] = []
    while true {
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else { throw Tool.Failure(text: "the CA ended before it listened") }
      text += more
      for line in text.split(separator: 0x0A) {
        guard let event = try? JSONDecoder().decode(Event.self, from: Data(line)), event.event == "ready" else {
          continue
        }
        return try #require(event.address?.split(separator: ":").last.flatMap { Int($0) })
      }
    }
  }

  func kill() {
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }
}
