import Foundation
import GRDB
import ManagerBench
import Testing

@testable import Manager

@Suite("The SQLite store")
struct SQLiteStoreTests {
  let rig: Rig

  init() throws { rig = try Rig("D1") }

  @Test("Every commit is flushed: synchronous is FULL after opening and after writing")
  func durability() async throws {
    let store = try rig.openStore()
    #expect(try await store.synchronousLevel() == 2)
    try await store.commit(.addDevice(try DeviceID("D1"), model: nil), by: .manager, at: rig.clock.now)
    #expect(try await store.synchronousLevel() == 2)
    let journal = try await store.pool.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
    #expect(journal == "wal")
  }

  @Test("A database of a newer program is refused, and not a byte of it changes")
  func newerDatabase() async throws {
    let path = "\(rig.folder.path)/manager.sqlite"
    let store = try rig.openStore()
    try await store.commit(.addDevice(try DeviceID("D1"), model: nil), by: .manager, at: rig.clock.now)
    try await store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 99") }
    try store.close()
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(throws: ManagerError(.databaseTooNew, "")) { try SQLiteStore(path: path) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    let error = try #require(throws: ManagerError.self) { try SQLiteStore(path: path) }
    #expect(error.reason.contains("99"))
    #expect(error.code.exitStatus == 74)
  }

  @Test("A database of version 1 is brought up to date with all that is in it")
  func version1() async throws {
    let store = try SQLiteStore(path: try version1(devices: "AB12", "CD34"))
    #expect(try await store.devices(in: .pending, after: nil, limit: 9).items.map(\.id.text) == ["AB12", "CD34"])
    let version = try await store.pool.read { try Int.fetchOne($0, sql: "PRAGMA user_version") }
    #expect(version == Schema.version)
    await #expect(throws: (any Error).self) {
      try await store.pool.writeWithoutTransaction {
        try $0.execute(sql: "INSERT INTO device(id, state, created_at, changed_at) VALUES ('ab12', 'pending', 0, 0)")
      }
    }
  }

  @Test("One of version 1 with two ids that differ in case only is refused by their names, and stays version 1")
  func twinsOfVersion1() throws {
    let path = try version1(devices: "AB12", "ab12")
    let error = #expect(throws: ManagerError(.database, "")) { try SQLiteStore(path: path) }
    #expect(error?.reason.contains("AB12") == true && error?.reason.contains("ab12") == true)
    let queue = try DatabaseQueue(path: path)
    #expect(try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == 1)
    #expect(try queue.read { try !$0.indexes(on: "device").contains { $0.name == "device_by_name" } })
  }

  /// A file as version 1 left it: its own tables, written down here once more.
  private func version1(devices: String...) throws -> String {
    let path = "\(rig.folder.path)/manager.sqlite"
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA journal_mode = wal")
      try database.execute(sql: Version1.tables)
      for id in devices {
        try database.execute(
          sql: "INSERT INTO device(id, state, created_at, changed_at) VALUES (?, 'pending', 1, 1)", arguments: [id])
      }
      try database.execute(sql: "PRAGMA application_id = 0x4D535452; PRAGMA user_version = 1")
    }
    try queue.close()
    return path
  }

  @Test("Another program's database is refused")
  func foreignDatabase() throws {
    let path = "\(rig.folder.path)/manager.sqlite"
    let queue = try DatabaseQueue(path: path)
    try queue.write { try $0.execute(sql: "PRAGMA application_id = 7; PRAGMA user_version = 1") }
    try queue.close()
    #expect(throws: ManagerError(.database, "")) { try SQLiteStore(path: path) }
  }

  @Test("A file that is no database is refused in a sentence")
  func noDatabase() throws {
    let path = "\(rig.folder.path)/manager.sqlite"
    try Data(repeating: 0x5A, count: 8192).write(to: URL(fileURLWithPath: path))
    #expect(throws: ManagerError(.database, "")) { try SQLiteStore(path: path) }
  }

  @Test("What a change expects and does not find is a conflict, and nothing of it is written, its audit row neither")
  func conflict() async throws {
    let store = try rig.openStore()
    let id = try DeviceID("D1")
    try await store.commit(.addDevice(id, model: nil), by: .manager, at: rig.clock.now)
    let rows = try await store.audit(after: nil, limit: 100).items.count
    await #expect(throws: ManagerError(.conflict, "")) {
      try await store.commit(.stepDevice(id, .call), by: .manager, at: rig.clock.now)
    }
    await #expect(throws: ManagerError(.alreadyExists, "")) {
      try await store.commit(.addDevice(id, model: nil), by: .manager, at: rig.clock.now)
    }
    #expect(try await store.device(id)?.state == .registered)
    #expect(try await store.audit(after: nil, limit: 100).items.count == rows)
  }

  @Test("Of many writes in one group, the ones that fail fail alone")
  func groupIsolation() async throws {
    let store = try rig.openStore()
    let failures = await withTaskGroup(of: Bool.self) { group in
      for index in 0..<200 {
        // Every second one is a device that is there already.
        group.addTask {
          do {
            let id = try DeviceID("D\(index / 2)")
            try await store.commit(.addDevice(id, model: nil), by: .manager, at: rig.clock.now)
            return false
          } catch {
            return true
          }
        }
      }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(failures == 100)
    #expect(try await store.count(of: .registered) == 100)
    #expect(try await store.audit(after: nil, limit: 500).items.count == 100)
  }

  @Test("A device's key is taken from its row with the thumbprint that stands beside it, and not computed anew")
  func keyOfRow() async throws {
    let store = try rig.openStore()
    let key = rig.device.key
    try await store.commit(
      .addDevice(rig.device.id, model: nil, thumbprint: key.thumbprint), by: .manager, at: rig.clock.now)
    try await store.commit(.identifyDevice(rig.device.id, key), by: .manager, at: rig.clock.now)
    #expect(try await store.device(rig.device.id)?.key == key)
    let other = String(repeating: "ab", count: 32)
    try await store.pool.writeWithoutTransaction {
      try $0.execute(sql: "UPDATE device SET thumbprint = ?", arguments: [other])
    }
    #expect(try await store.device(rig.device.id)?.key?.thumbprint.text == other)
    #expect(try await store.keys(identifiedBy: String(other.prefix(16))).map(\.thumbprint.text) == [other])
  }

  @Test("What lists say about certificates and states is one query for all")
  func terms() async throws {
    let store = try rig.openStore()
    let stage = try Stage()
    #expect(try await store.terms(of: []) == [:])
    #expect(try await store.terms(of: [stage.certificate.id]) == [:])
    try await store.force(stage.id, into: .csrRequested)
    try await store.force(try DeviceID("D2"), into: .pending)
    try await store.force(try DeviceID("D3"), into: .pending)
    try await store.commit(.placeOrder(stage.id, stage.order), by: .manager, at: stage.now)
    try await store.commit(.issue(stage.certificate), by: .manager, at: stage.now)
    #expect(
      try await store.terms(of: [stage.certificate.id, CertificateID(stored: "none")]) == [
        stage.certificate.id: CertificateTerm(
          serial: stage.certificate.serial, notAfter: stage.certificate.notAfter)
      ])
    #expect(try await store.deviceCounts() == [.ordered: 1, .pending: 2])
  }

  @Test("Lists come in pages, each item once")
  func paging() async throws {
    let store = try rig.openStore()
    for index in 0..<25 {
      try await store.commit(.addDevice(try DeviceID("D\(index)"), model: nil), by: .manager, at: rig.clock.now)
    }
    var seen: [String] = []
    var cursor: String?
    repeat {
      let page = try await store.devices(in: .registered, after: cursor, limit: 7)
      seen += page.items.map(\.id.text)
      cursor = page.next
    } while cursor != nil
    #expect(seen.count == 25)
    #expect(Set(seen).count == 25)
    #expect(try await store.devices(in: .active, after: nil, limit: 7).items.isEmpty)
    #expect(try await store.audit(after: nil, limit: 10).next == "10")
  }

  @Test("Certificates in a chain survive their way through one column, and damage is found")
  func certificateList() throws {
    let list: [[UInt8]] = [[1, 2, 3], [], [UInt8](repeating: 9, count: 300)]
    let joined = CertificateList.join(list)
    #expect(try CertificateList.split(joined) == list)
    for count in 1..<joined.count where count != 7 && count != 11 {
      #expect(throws: ManagerError(.database, "")) { try CertificateList.split(Array(joined.prefix(count))) }
    }
  }
}
