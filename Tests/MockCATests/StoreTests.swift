import Foundation
import GRDB
import PKI
import Testing
import X509

@testable import MockCA

@Suite("The CA's directory and database")
struct StoreTests {
  @Test("Every connection that writes runs with synchronous=FULL, also later")
  func durable() async throws {
    let ca = try TestCA()
    _ = try await ca.makeRA()
    let synchronous = try await ca.store.log.write { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
    #expect(synchronous == 2)
  }

  @Test("A database of a newer program is refused in one sentence and left alone")
  func newer() throws {
    let ca = try TestCA()
    let path = CADirectory(ca.directory).databaseFile
    let queue = try DatabaseQueue(path: path)
    try queue.write { try $0.execute(sql: "PRAGMA user_version = 99") }
    #expect(throws: MockCAError(.databaseNewer, "")) { try CADatabase(path: path) }
    #expect(try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == 99)
  }

  @Test("A directory without a CA, and one that is not empty, are refused")
  func directories() async throws {
    let ca = try TestCA()
    #expect(throws: MockCAError(.alreadyInitialised, "")) {
      try MockCA.initialize(directory: ca.directory, now: ca.clock.now)
    }
    let nowhere = ca.directory + "-nowhere"
    await #expect(throws: MockCAError(.notInitialised, "")) {
      try await MockCA.makeCode(directory: nowhere, now: ca.clock.now)
    }
    await #expect(throws: MockCAError(.notInitialised, "")) {
      try await MockCA.build(MockCAConfiguration(directory: nowhere, now: { Date() }))
    }
    #expect(!FileManager.default.fileExists(atPath: nowhere))
    #expect(!FileManager.default.fileExists(atPath: nowhere))
  }

  @Test(
    "A name that could break a line, move a cursor or turn text round is refused, and nothing is made",
    arguments: ["", " ", "two\nlines", "a\tb", "bell\u{7}", "\u{1B}[2J", "\u{202E}abc", "a\u{2028}b", "a\u{200B}b"]
      + [String(repeating: "x", count: 25)])
  func names(name: String) {
    let nowhere = NSTemporaryDirectory() + "muster-ca-" + randomBytes(8).hexadecimal
    #expect(throws: MockCAError(.argument, "")) {
      try MockCA.initialize(directory: nowhere, name: name, now: Date())
    }
    #expect(!FileManager.default.fileExists(atPath: nowhere))
  }

  @Test("A directory that cannot be looked into is told as such, not as one without a CA")
  func unreadable() async throws {
    // Also root cannot follow a link to itself.
    let loop = NSTemporaryDirectory() + "muster-ca-" + randomBytes(8).hexadecimal
    try FileManager.default.createSymbolicLink(atPath: loop, withDestinationPath: loop)
    defer { try? FileManager.default.removeItem(atPath: loop) }
    await #expect(throws: MockCAError(.unreadable, "")) {
      try await MockCA.makeCode(directory: loop, now: Date())
    }
    #expect(throws: MockCAError(.unreadable, "")) { try MockCA.initialize(directory: loop, now: Date()) }
  }

  @Test("A database that is none is told as such")
  func noDatabase() async throws {
    let ca = try TestCA()
    let other = NSTemporaryDirectory() + "muster-ca-" + randomBytes(8).hexadecimal
    try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: other) }
    try Data(repeating: 0x55, count: 4_096).write(to: URL(fileURLWithPath: CADirectory(other).databaseFile))
    await #expect(throws: MockCAError(.database, "")) {
      try await MockCA.makeCode(directory: other, now: ca.clock.now)
    }
  }

  @Test("Keys are readable by their owner only, and a key that is not stops the CA")
  func keyPermissions() async throws {
    let ca = try TestCA()
    let path = CADirectory(ca.directory).issuingKeyFile
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
    await #expect(throws: PKIError.self) {
      try await MockCA.build(MockCAConfiguration(directory: ca.directory, now: { Date() }))
    }
  }

  @Test("A second process on the directory is refused while the first lives, and not after")
  func lock() async throws {
    let ca = try TestCA()
    do {
      let first = try CADirectory(ca.directory).lock()
      #expect(throws: MockCAError(.inUse, "")) { try CADirectory(ca.directory).lock() }
      await #expect(throws: MockCAError(.inUse, "")) {
        try await MockCA.build(MockCAConfiguration(directory: ca.directory, now: { Date() }))
      }
      withExtendedLifetime(first) {}
    }
    #expect(throws: Never.self) { try CADirectory(ca.directory).lock() }
  }

  @Test("One caller's failure in a group commit stays its own")
  func groupCommit() async throws {
    struct Failure: Error {}
    let ca = try TestCA()
    let log = ca.store.log
    let outcomes = await withTaskGroup(of: Bool.self) { group in
      for index in 0..<64 {
        group.addTask {
          do {
            try await log.write { database in
              try database.execute(
                sql: "INSERT INTO nonce (authority, nonce, expires) VALUES (x'00', ?, 0)",
                arguments: [Data([UInt8(index)])])
              if index % 2 == 1 { throw Failure() }
            }
            return true
          } catch {
            return false
          }
        }
      }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(outcomes == 32)
    #expect(try await ca.store.reader.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM nonce") } == 32)
  }

  @Test("A serial number is taken as people copy it: either case, with colons, with a leading zero octet")
  func serialNumbers() async throws {
    let ca = try TestCA()
    for write in [
      { $0 }, { $0.uppercased() }, { "00" + $0 },
      { text in
        stride(from: 0, to: text.count, by: 2).map { String(text.dropFirst($0).prefix(2)) }.joined(separator: ":")
      },
    ] as [(String) -> String] {
      let serial = try await ca.makeRA().certificate.serialNumber.hexadecimal
      #expect(
        try await MockCA.revoke(serialNumber: write(serial), directory: ca.directory, now: ca.clock.now) == [serial])
      #expect(try await MockCA.revoke(serialNumber: serial, directory: ca.directory, now: ca.clock.now).isEmpty)
    }
    for text in ["", ":", "00", "xyz", "+1", "1 2", "0x12", String(repeating: "11", count: 21), "\u{FF11}\u{FF12}"] {
      await #expect(throws: MockCAError(.argument, ""), "\(text)") {
        try await MockCA.revoke(serialNumber: text, directory: ca.directory, now: ca.clock.now)
      }
    }
  }

  @Test("An authority that is revoked while its order is on the way to the store gets nothing")
  func revokedOnTheWay() async throws {
    let ca = try TestCA()
    let serial = try await ca.makeRA().certificate.serialNumber
    try await MockCA.revoke(serialNumber: serial.hexadecimal, directory: ca.directory, now: ca.clock.now)
    let order = IncomingOrder(
      profile: .device, issuer: 1, authority: Array(serial.bytes), transaction: randomBytes(16),
      request: try deviceRequest())
    // The registrar asked whether the authority stands before; this is what it asks the store next.
    let taken = try await ca.store.take(
      .success(order), authority: Array(serial.bytes), nonce: randomBytes(16),
      nonceExpires: ca.clock.now + 60, serial: randomBytes(16), context: AuditContext(), now: ca.clock.now
    )
    #expect(throws: Refusal.authorityRevoked) { try taken.get() }
    #expect(try await ca.refusals() == ["authority-revoked"])
  }

  @Test("Revoking what was never issued is refused")
  func revokeUnknown() async throws {
    let ca = try TestCA()
    await #expect(throws: MockCAError(.unknownCertificate, "")) {
      try await MockCA.revoke(serialNumber: "00ff", directory: ca.directory, now: ca.clock.now)
    }
  }

  @Test("A one-time code is nowhere in the database in clear")
  func codesAreHashed() async throws {
    let ca = try TestCA()
    let code = try await MockCA.makeCode(directory: ca.directory, now: ca.clock.now)
    let path = CADirectory(ca.directory).databaseFile
    for file in [path, path + "-wal"] {
      let bytes = FileManager.default.contents(atPath: file) ?? Data()
      #expect(bytes.firstRange(of: Data(code.text.utf8)) == nil)
      #expect(bytes.firstRange(of: Data(code.text.filter { $0 != "-" }.utf8)) == nil)
    }
  }
}
