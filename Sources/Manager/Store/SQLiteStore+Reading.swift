import Foundation
import GRDB

extension SQLiteStore {
  func device(_ id: DeviceID) async throws -> Device? {
    try await pool.read { try Self.device(id, $0) }
  }

  func twin(of id: DeviceID) async throws -> DeviceID? { try await pool.read { try Self.twin(of: id, $0) } }

  func device(with thumbprint: Thumbprint) async throws -> Device? {
    try await pool.read { try Self.device(with: thumbprint, $0) }
  }

  func keys(identifiedBy keyIdentifier: String) async throws -> [DeviceKey] {
    try await pool.read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT public_key, thumbprint FROM device WHERE substr(thumbprint, 1, 16) = ? AND public_key IS NOT NULL LIMIT 8
          """, arguments: [keyIdentifier]
      ).compactMap(DeviceKey.init(row:))
    }
  }

  func routes(of id: DeviceID) async throws -> [RouteRecord] {
    try await pool.read { database in
      try Row.fetchAll(
        database, sql: "SELECT gateway, line, since FROM device_route WHERE device = ? ORDER BY number DESC",
        arguments: [id.text]
      ).map { RouteRecord(route: Route(gateway: $0["gateway"], line: $0["line"]), since: $0.date("since")) }
    }
  }

  func devices(in state: DeviceState?, after cursor: String?, limit: Int) async throws -> Page<Device> {
    let rows = try await pool.read { database in
      try Row.fetchAll(
        database, sql: "SELECT * FROM device WHERE id > ? AND (? IS NULL OR state = ?) ORDER BY id LIMIT ?",
        arguments: [cursor ?? "", state?.rawValue, state?.rawValue, limit + 1]
      ).map(Device.init(row:))
    }
    return Page(rows, limit: limit) { $0.id.text }
  }

  func count(of state: DeviceState) async throws -> Int {
    try await pool.read {
      try Int.fetchOne($0, sql: "SELECT count(*) FROM device WHERE state = ?", arguments: [state.rawValue]) ?? 0
    }
  }

  func deviceCounts() async throws -> [DeviceState: Int] {
    let rows = try await pool.read { database in
      try Row.fetchAll(database, sql: "SELECT state, count(*) AS count FROM device GROUP BY state")
        .map { (try $0.decoded("state") as DeviceState, $0["count"] as Int) }
    }
    return Dictionary(uniqueKeysWithValues: rows)
  }

  func devicesWantingWork() async throws -> [DeviceID] {
    try await pool.read { database in
      try SQLRequest<String>(
        literal: "SELECT id FROM device WHERE held = 0 AND est_profile IS NULL AND state IN \(Self.workStates)"
      )
      .fetchAll(database).map(DeviceID.init)
    }
  }

  func devicesWantingWork(behind gateway: String) async throws -> [DeviceID] {
    try await pool.read { database in
      try SQLRequest<String>(
        literal: """
          SELECT id FROM device
          WHERE gateway = \(gateway) AND held = 0 AND est_profile IS NULL AND state IN \(Self.workStates)
          """
      ).fetchAll(database).map(DeviceID.init)
    }
  }

  func devicesDueForRenewal(at now: Date, limit: Int) async throws -> [DeviceID] {
    try await pool.read { database in
      try String.fetchAll(
        database, sql: Self.dueForRenewal, arguments: [now.storedMilliseconds, limit]
      ).map(DeviceID.init)
    }
  }

  /// Reads only what is due. SQLite left to itself reads every active device by the index of states, and sorts.
  static let dueForRenewal = """
    SELECT id FROM device INDEXED BY device_by_renewal
    WHERE state = 'active' AND held = 0 AND renewal_at <= ? ORDER BY renewal_at LIMIT ?
    """

  func devices(silentSince time: Date, after cursor: String?, limit: Int) async throws -> Page<Device> {
    let parts = (cursor ?? "").split(separator: ":", maxSplits: 1).map(String.init)
    let (seen, id) = parts.count == 2 ? (Int64(parts[0]) ?? .min, parts[1]) : (.min, "")
    let rows = try await pool.read { database in
      try SQLRequest<Row>(
        literal: """
          SELECT * FROM device INDEXED BY device_by_seen
          WHERE seen_at < \(time.storedMilliseconds) AND (seen_at, id) > (\(seen), \(id))
            AND state IN \(DeviceLife.working.map(\.rawValue))
          ORDER BY seen_at, id LIMIT \(limit + 1)
          """
      ).fetchAll(database).map(Device.init(row:))
    }
    return Page(rows, limit: limit) { "\($0.seenAt?.storedMilliseconds ?? 0):\($0.id)" }
  }

  func enrolment(of id: DeviceID) async throws -> EnrolmentRecord? {
    try await pool.read { database in
      guard let device = try Self.device(id, database) else { return nil }
      return EnrolmentRecord(
        device: device, order: try device.orderID.flatMap { try Self.order($0, database) },
        certificate: try device.certificateID.flatMap { try Self.certificate($0, database) })
    }
  }

  func holder(of key: KeyDigest) async throws -> Holder? {
    try await pool.read { try Self.holder(of: key, $0) }
  }

  func order(_ id: OrderID) async throws -> Order? {
    try await pool.read { try Self.order(id, $0) }
  }

  func order(for holder: Holder, key: KeyDigest) async throws -> Order? {
    try await pool.read { database in
      try Row.fetchOne(
        database,
        sql: """
          SELECT * FROM certificate_order WHERE holder_kind = ? AND holder = ? AND key = ? AND state <> 'refused'
          ORDER BY number DESC LIMIT 1
          """, arguments: [holder.kind, holder.name, key.text]
      ).map(Order.init(row:))
    }
  }

  func gateway(_ name: String) async throws -> GatewayRecord? {
    try await pool.read { try Self.gateway(name, $0) }
  }

  func devices(seenAt gateway: String) async throws -> [DeviceID] {
    try await pool.read { database in
      try String.fetchAll(
        database, sql: "SELECT DISTINCT device FROM device_route WHERE gateway = ? ORDER BY device",
        arguments: [gateway]
      ).map(DeviceID.init)
    }
  }

  func gateways() async throws -> [GatewayRecord] {
    try await pool.read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM gateway ORDER BY name").map(GatewayRecord.init(row:))
    }
  }

  func audit(after cursor: String?, limit: Int) async throws -> Page<AuditEntry> {
    let entries = try await pool.read { database in
      try Row.fetchAll(
        database, sql: "SELECT * FROM audit WHERE number > ? ORDER BY number LIMIT ?",
        arguments: [cursor.flatMap { Int64($0) } ?? 0, limit + 1]
      ).map(AuditEntry.init(row:))
    }
    return Page(entries, limit: limit) { "\($0.number)" }
  }
}

// What reading and writing share: one row by its name, inside a transaction.
extension SQLiteStore {
  static func device(_ id: DeviceID, _ database: Database) throws -> Device? {
    try Row.fetchOne(database, sql: "SELECT * FROM device WHERE id = ?", arguments: [id.text]).map(Device.init(row:))
  }

  static func device(with thumbprint: Thumbprint, _ database: Database) throws -> Device? {
    try Row.fetchOne(database, sql: "SELECT * FROM device WHERE thumbprint = ?", arguments: [thumbprint.text])
      .map(Device.init(row:))
  }

  static func twin(of id: DeviceID, _ database: Database) throws -> DeviceID? {
    try String.fetchOne(
      database, sql: "SELECT id FROM device WHERE lower(id) = lower(?1) AND id <> ?1", arguments: [id.text]
    ).map(DeviceID.init)
  }

  static func order(_ id: OrderID, _ database: Database) throws -> Order? {
    try Row.fetchOne(database, sql: "SELECT * FROM certificate_order WHERE id = ?", arguments: [id.text])
      .map(Order.init(row:))
  }

  static func gateway(_ name: String, _ database: Database) throws -> GatewayRecord? {
    try Row.fetchOne(database, sql: "SELECT * FROM gateway WHERE name = ?", arguments: [name])
      .map(GatewayRecord.init(row:))
  }

  static func certificate(_ id: CertificateID, _ database: Database) throws -> CertificateRecord? {
    try Row.fetchOne(database, sql: "SELECT * FROM certificate WHERE id = ?", arguments: [id.text])
      .map(CertificateRecord.init(row:))
  }

  static func holder(of key: KeyDigest, _ database: Database) throws -> Holder? {
    try Row.fetchOne(
      database, sql: "SELECT holder_kind, holder FROM key_seen WHERE key = ?", arguments: [key.text]
    ).map { try Holder(kind: $0["holder_kind"], name: $0["holder"]) }
  }

  fileprivate static let workStates = DeviceState.allCases.filter(\.wantsWork).map(\.rawValue)
}

extension Page {
  /// Cuts what was read with one item too many, which only tells that there is a next page.
  init(_ read: [Item], limit: Int, cursor: (Item) -> String) {
    items = Array(read.prefix(limit))
    next = read.count > limit ? items.last.map(cursor) : nil
  }
}
