import Foundation
import ManagerBench
import Testing

@testable import Manager

@Suite("Factory lists")
struct DeviceImportTests {
  let rig: Rig
  let store: SQLiteStore

  init() throws {
    rig = try Rig()
    store = try rig.openStore()
  }

  private func thumbprint(_ digit: Character) -> String { String(repeating: digit, count: 64) }

  private func run(_ text: String, dryRun: Bool = false, skipBad: Bool = false) async throws -> ImportReport {
    try await DeviceImport(ledger: rig.ledger(store), isDryRun: dryRun, skipsBad: skipBad)
      .run(DeviceList(text), by: .administrator("admin"))
  }

  @Test("A list is read with heading, comments, quotation marks, spaces, CRLF and byte order mark")
  func reading() throws {
    let list = DeviceList(
      "\u{FEFF}id,thumbprint,model\r\n# a comment\r\n\r\nA1, \(thumbprint("A")) ,\"Pump, \"\"big\"\"\"\r\nA2,\(thumbprint("b"))\r\n"
    )
    #expect(list.faults.isEmpty)
    #expect(list.rows.map(\.line) == [4, 5])
    #expect(list.rows.map(\.listing.id.text) == ["A1", "A2"])
    #expect(list.rows[0].listing.model == "Pump, \"big\"")
    #expect(list.rows[0].listing.thumbprint?.text == thumbprint("a"))
    #expect(list.rows[1].listing.model == nil)
  }

  @Test("Every bad line is told with its number and what is wrong with it, and the others are read all the same")
  func faults() {
    let good = thumbprint("1")
    let list = DeviceList(
      [
        "A1,\(good),m", "A 2,\(thumbprint("2"))", "A3,\(thumbprint("2").dropLast())", "A4,\(thumbprint("g"))", "A5",
        "A6,\(thumbprint("6")),a,b", "a1,\(thumbprint("7"))", "A8,\(good)", "A9,\(thumbprint("9")),\u{1B}[2J",
        "B1,\(thumbprint("c")),\"open", "B2,\(thumbprint("d")),good",
      ].joined(separator: "\n"))
    #expect(list.rows.map(\.listing.id.text) == ["A1", "B2"])
    #expect(list.faults.map(\.line) == [2, 3, 4, 5, 6, 7, 8, 9, 10])
    #expect(Set(list.faults.map(\.reason)).count == list.faults.count)
  }

  @Test("One bad line keeps all out, unless bad lines may be passed over; a dry run writes nothing in either case")
  func allOrNothing() async throws {
    let text = "A1,\(thumbprint("1"))\nbad\nA3,\(thumbprint("3"))"
    for (dryRun, skipBad) in [(true, false), (true, true), (false, false)] {
      let report = try await run(text, dryRun: dryRun, skipBad: skipBad)
      #expect(report == ImportReport(written: false, added: 2, known: 0, faults: report.faults))
      #expect(report.faults.map(\.line) == [2])
      #expect(try await store.count(of: .registered) == 0)
    }
    #expect(try await run(text, skipBad: true).written)
    #expect(try await store.count(of: .registered) == 2)
    #expect(try await store.audit(after: nil, limit: 9).items.map(\.action) == ["device-added", "device-added"])
  }

  @Test("A list may be given again; what contradicts the inventory is told by line")
  func again() async throws {
    let text = "A1,\(thumbprint("1"))\nA2,\(thumbprint("2"))"
    #expect(try await run(text).added == 2)
    let second = try await run(text + "\nA3,\(thumbprint("3"))")
    #expect(second == ImportReport(written: true, added: 1, known: 2, faults: []))
    let third = try await run(
      "A1,\(thumbprint("9"))\nA9,\(thumbprint("2"))\na2,\(thumbprint("8"))\nA4,\(thumbprint("4"))")
    #expect(third.faults.map(\.line) == [1, 2, 3])
    #expect(!third.written)
    #expect(try await store.device(try DeviceID("A4")) == nil)
  }

  @Test("If a device comes in between, nothing of the list is written")
  func raced() async throws {
    let store = store
    let listings = try ["A1", "A2"].enumerated().map { index, id in
      try DeviceListing(id: try DeviceID(id), thumbprint: try Thumbprint(thumbprint(Character("\(index)"))), model: nil)
    }
    try await store.commit(.addDevice(try DeviceID("a2"), model: nil), by: .manager, at: rig.clock.now)
    await #expect(throws: ManagerError(.alreadyExists, "")) {
      try await store.commit(.importDevices(listings), by: .manager, at: rig.clock.now)
    }
    #expect(try await store.device(try DeviceID("A1")) == nil)
  }
}
