import Crypto
import Foundation
import GRDB

/// When a certificate is renewed: with two thirds of its life behind it, and a device's some time later, so that a million
/// certificates of one day are not renewed on one day.
enum RenewalRule {
  static let share = 2.0 / 3
  /// Over which part of a certificate's life the devices are spread, beginning at ``share``: of a year, a month.
  static let spread = 1.0 / 12

  /// Of a gateway's certificate, or the manager's own.
  static func time(_ record: CertificateRecord) -> Date { time(record, share) }

  static func isDue(_ record: CertificateRecord, now: Date) -> Bool { now >= time(record) }

  /// Of a device's certificate. The device's place in the spread is always the same, and nobody can choose it without
  /// choosing another name.
  static func time(_ record: CertificateRecord, of id: DeviceID) -> Date {
    time(record, share + spread * place(of: id))
  }

  /// 0 up to, not including, 1.
  static func place(of id: DeviceID) -> Double {
    let hash = SHA256.hash(data: Array(id.text.utf8)).prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    return Double(hash) / 4_294_967_296
  }

  /// With so much of the certificate's life behind it.
  static func time(_ record: CertificateRecord, _ share: Double) -> Date {
    record.notBefore.addingTimeInterval(record.notAfter.timeIntervalSince(record.notBefore) * share)
  }
}

extension Database {
  /// Gives the active devices of versions before 6 their times.
  func scheduleRenewals() throws {
    let rows = try Row.fetchCursor(
      self,
      sql: """
        SELECT certificate.*, device.id AS device FROM device JOIN certificate ON certificate.id = device.certificate_id
        WHERE device.state = 'active'
        """)
    var times: [(DeviceID, Date)] = []
    while let row = try rows.next() {
      let id = try DeviceID(row["device"])
      times.append((id, RenewalRule.time(try CertificateRecord(row: row), of: id)))
    }
    let update = try cachedStatement(sql: "UPDATE device SET renewal_at = ? WHERE id = ?")
    for (id, time) in times { try update.execute(arguments: [time.storedMilliseconds, id.text]) }
  }
}
