import Foundation
import GRDB

// Rows to values. A row that does not fit is damage, and is said so instead of being guessed at.

extension Device {
  init(row: Row) throws {
    self.init(
      id: try DeviceID(row["id"]), state: try row.decoded("state"), model: row["model"], firmware: row["firmware"],
      route: nil, claim: nil, problem: nil,
      orderID: (row["order_id"] as String?).map(OrderID.init(stored:)),
      certificateID: (row["certificate_id"] as String?).map(CertificateID.init(stored:)),
      createdAt: row.date("created_at"), changedAt: row.date("changed_at"),
      seenAt: (row["seen_at"] as Int64?).map(Date.init(storedMilliseconds:)))
    if let gateway = row["gateway"] as String?, let line = row["line"] as String? {
      route = Route(gateway: gateway, line: line)
    }
    if let holding = row["claimed_holding"] as Int? {
      guard let known = UInt8(exactly: holding).flatMap(DeviceClaim.Holding.init(rawValue:)) else {
        throw Row.damaged("claimed_holding")
      }
      claim = DeviceClaim(
        holding: known, serial: row["claimed_serial"], maximumMessageBytes: row["claimed_message_bytes"] ?? 0)
    }
    thumbprint = (row["thumbprint"] as String?).map(Thumbprint.init(stored:))
    key = DeviceKey(row: row)
    estProfile = row["est_profile"]
    if (row["alarm"] as String?) != nil {
      alarm = Alarm(try row.decoded("alarm"), row["alarm_detail"] ?? "", at: row.date("alarm_at"))
    }
    if (row["problem"] as String?) != nil {
      problem = Problem(
        try row.decoded("problem"), row["problem_detail"] ?? "", held: row["held"], at: row.date("problem_at"))
    }
  }
}

extension DeviceKey {
  /// Nil where only the thumbprint is known, or not even that.
  init?(row: Row) {
    guard let coordinates = row.bytes("public_key"), let thumbprint = row["thumbprint"] as String? else { return nil }
    self.init(stored: coordinates, Thumbprint(stored: thumbprint))
  }
}

extension Order {
  init(row: Row) throws {
    self.init(
      id: OrderID(stored: row["id"]), holder: try Holder(kind: row["holder_kind"], name: row["holder"]),
      profile: row["profile"], key: KeyDigest(stored: row["key"]), request: row.bytes("request") ?? [],
      createdAt: row.date("created_at"))
    sent = row.bytes("sent")
    state = try row.decoded("state")
    refusal = row["refusal"]
  }
}

extension CertificateRecord {
  init(row: Row) throws {
    self.init(
      id: CertificateID(stored: row["id"]), serial: row["serial"],
      holder: try Holder(kind: row["holder_kind"], name: row["holder"]), key: KeyDigest(stored: row["key"]),
      orderID: OrderID(stored: row["order_id"]), der: row.bytes("der") ?? [],
      chain: try CertificateList.split(row.bytes("chain") ?? []), subject: row["subject"], issuer: row["issuer"],
      notBefore: row.date("not_before"), notAfter: row.date("not_after"), state: try row.decoded("state"),
      report: row.bytes("report"), refusal: row["refusal"], createdAt: row.date("created_at"))
  }
}

extension GatewayRecord {
  init(row: Row) throws {
    self.init(
      name: row["name"], state: try row.decoded("state"), orderID: OrderID(stored: row["order_id"]),
      certificateID: (row["certificate_id"] as String?).map(CertificateID.init(stored:)),
      nextCertificateID: (row["next_certificate_id"] as String?).map(CertificateID.init(stored:)),
      createdAt: row.date("created_at"))
  }
}

extension AuditEntry {
  init(row: Row) throws {
    self.init(
      number: row["number"], at: row.date("at"), actor: row["actor"], action: row["action"],
      subject: row["subject"],
      detail: try JSONDecoder().decode([String: String].self, from: Data((row["detail"] as String).utf8)))
  }
}

extension Holder {
  init(kind: String, name: String) throws {
    switch kind {
    case "device": self = .device(try DeviceID(name))
    case "gateway": self = .gateway(name)
    case "manager":
      guard let role = Role(rawValue: name) else { throw Row.damaged("holder") }
      self = .manager(role)
    default: throw Row.damaged("holder_kind")
    }
  }
}

extension Row {
  func decoded<T: RawRepresentable<String>>(_ column: String) throws -> T {
    guard let value = T(rawValue: self[column]) else { throw Self.damaged(column) }
    return value
  }

  func date(_ column: String) -> Date { Date(storedMilliseconds: self[column]) }

  func bytes(_ column: String) -> [UInt8]? { (self[column] as Data?).map(Array.init) }

  static func damaged(_ column: String) -> ManagerError {
    ManagerError(.database, "The database holds a value in '\(column)' that this program does not know.")
  }
}

extension Date {
  init(storedMilliseconds: Int64) { self.init(timeIntervalSince1970: Double(storedMilliseconds) / 1000) }
  var storedMilliseconds: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }
}

/// Certificates one after another in one blob, each behind its length (4 bytes, big-endian).
enum CertificateList {
  static func join(_ certificates: [[UInt8]]) -> [UInt8] {
    certificates.flatMap { certificate -> [UInt8] in
      let count = UInt32(certificate.count)
      return [
        UInt8(truncatingIfNeeded: count >> 24), UInt8(truncatingIfNeeded: count >> 16),
        UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count),
      ] + certificate
    }
  }

  static func split(_ bytes: [UInt8]) throws -> [[UInt8]] {
    var out: [[UInt8]] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      guard rest.count >= 4 else { throw Row.damaged("chain") }
      let count = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      rest = rest.dropFirst(4)
      guard rest.count >= count else { throw Row.damaged("chain") }
      out.append(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    return out
  }
}
