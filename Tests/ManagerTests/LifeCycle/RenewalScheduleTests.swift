import Foundation
import GRDB
import ManagerBench
import Testing

@testable import Manager

@Suite("When certificates are renewed, and who is silent")
struct RenewalScheduleTests {
  private let year: TimeInterval = 365 * 86_400

  /// Active devices with certificates of one day, as rows only.
  private func fill(_ store: SQLiteStore, _ count: Int, from begin: Date) async throws {
    try await store.group.write { database in
      let insert = try database.makeStatement(
        sql:
          "INSERT INTO device(id, state, created_at, changed_at, seen_at, renewal_at) VALUES (?, 'active', 0, 0, ?, ?)")
      for number in 0..<count {
        let id = try DeviceID("SN-\(number)")
        let share = RenewalRule.share + RenewalRule.spread * RenewalRule.place(of: id)
        let due = begin.addingTimeInterval(share * year)
        let seen = begin.addingTimeInterval(Double(number % 1_000))
        try insert.execute(arguments: [id.text, seen.storedMilliseconds, due.storedMilliseconds])
      }
    }
  }

  @Test(
    "Of 100,000 certificates of one day a thirtieth is due each day from two thirds of the year on, none before and none twice"
  )
  func spread() async throws {
    let rig = try Rig()
    let store = try rig.openStore()
    let begin = rig.clock.now
    try await fill(store, 100_000, from: begin)
    let first = begin + RenewalRule.share * year
    #expect(try await store.devicesDueForRenewal(at: first - 1, limit: 10).isEmpty)
    let days = RenewalRule.spread * 365
    var counts: [Int] = []
    for day in 1...Int(days) {
      counts.append(try await store.devicesDueForRenewal(at: first + Double(day) * 86_400, limit: 200_000).count)
    }
    let perDay = zip([0] + counts, counts).map { $1 - $0 }
    let mean = 100_000 / days
    #expect(perDay.allSatisfy { abs(Double($0) - mean) < 0.1 * mean }, "\(perDay)")
    #expect(
      try await store.devicesDueForRenewal(at: first + RenewalRule.spread * year, limit: 200_000).count == 100_000)
    let (start, ticks) = (ContinuousClock.now, 100)
    for _ in 0..<ticks { _ = try await store.devicesDueForRenewal(at: first - 1, limit: 100) }
    let idle = start.duration(to: .now) / ticks
    let busyStart = ContinuousClock.now
    for _ in 0..<ticks { _ = try await store.devicesDueForRenewal(at: first + 86_400, limit: 100) }
    let busy = busyStart.duration(to: .now) / ticks
    print("100,000 devices: a look with nothing due \(idle), with 100 of \(perDay[0]) due \(busy)")
  }

  @Test("Looking for what is due reads the index of what is due, and nothing else")
  func plan() async throws {
    let rig = try Rig()
    let store = try rig.openStore()
    let plan = try await store.pool.read { database in
      try Row.fetchAll(
        database, sql: "EXPLAIN QUERY PLAN " + SQLiteStore.dueForRenewal, arguments: [0, 1]
      ).map { $0["detail"] as String }
    }
    #expect(plan.count == 1 && plan[0].contains("USING INDEX device_by_renewal (renewal_at<?)"), "\(plan)")
  }

  @Test("A device's time stands with its certificate: after a restart it is the same, and it is due once")
  func restart() async throws {
    let rig = try Rig("D1")
    try await Life(rig).run { life in try await life.pursue() }
    let life = try Life(rig)
    let id = rig.device.id
    let certificate = try #require(try await life.device()?.certificateID)
    let record = try #require(try await life.store.certificate(certificate))
    let due = RenewalRule.time(record, of: id)
    let length = record.notAfter.timeIntervalSince(record.notBefore)
    #expect(due >= record.notBefore + length * 2 / 3 - 0.001 && due < record.notBefore + length * 3 / 4)
    #expect(try await life.store.devicesDueForRenewal(at: due - 0.002, limit: 10).isEmpty)
    #expect(try await life.store.devicesDueForRenewal(at: due + 0.002, limit: 10) == [id])
    rig.clock.advance(by: .seconds(due.timeIntervalSince(rig.clock.now) + 1))
    try await life.engine.renewDue(limit: 10)
    #expect(try await life.store.device(id)?.state != .active)
    #expect(try await life.store.devicesDueForRenewal(at: rig.clock.now, limit: 10).isEmpty)
  }

  @Test("The silent are listed, the longest silent first, page by page, without those that are turned away")
  func silent() async throws {
    let rig = try Rig()
    let store = try rig.openStore()
    let begin = rig.clock.now
    try await fill(store, 3_000, from: begin)
    let away = try DeviceID("SN-1000")
    try await store.commit(.stepDevice(away, .suspend), by: .manager, at: begin)
    var cursor: String?
    var found: [Device] = []
    repeat {
      let page = try await store.devices(silentSince: begin + 500, after: cursor, limit: 499)
      found += page.items
      cursor = page.next
    } while cursor != nil
    #expect(found.count == 1_499 && Set(found.map(\.id)).count == 1_499)
    #expect(!found.contains { $0.id == away })
    #expect(zip(found, found.dropFirst()).allSatisfy { ($0.seenAt ?? .distantFuture) <= ($1.seenAt ?? .distantPast) })
    #expect(found.allSatisfy { ($0.seenAt ?? .distantFuture) < begin + 500 })
  }
}
