public import Foundation
import GRDB
import PKI

// What a CA's owner looks up and administers. All of it works beside a running CA.
extension MockCA {
  /// Gives all certificates that a query finds to `body`, oldest first.
  ///
  /// - Throws: ``MockCAError``, and what `body` throws.
  public static func certificates(
    directory: String, _ query: CertificateQuery, _ body: (IssuedCertificateRecord) throws -> Void
  ) async throws {
    try await withStore(directory) { try await $0.certificates(query, body) }
  }

  /// Checks that no row of the audit table was changed, removed or inserted.
  ///
  /// - Parameter noted: a link that an earlier check gave as `head`; nil for none. Without one, rows that were cut off at the
  ///   end cannot be missed.
  public static func checkAudit(directory: String, noted: String? = nil) async throws -> AuditVerdict {
    try await withStore(directory) { try await $0.checkAudit(noted: noted) }
  }

  /// All registration authorities, oldest first.
  public static func authorities(directory: String, now: Date) async throws -> [AuthorityRecord] {
    try await withStore(directory) { try await $0.authorities(now: now) }
  }

  /// Suspends a registration authority: it can order nothing until it is resumed, and still revoke.
  ///
  /// - Parameter serialNumber: of any of its certificates, in hexadecimal.
  /// - Returns: whether it was not suspended before.
  public static func suspend(serialNumber: String, directory: String, now: Date) async throws -> Bool {
    let serial = try SerialNumberText.bytes(serialNumber)
    return try await withStore(directory) { try await $0.setSuspended(true, serial: serial, now: now) }
  }

  /// Ends a suspension.
  ///
  /// - Returns: whether there was one.
  public static func resume(serialNumber: String, directory: String, now: Date) async throws -> Bool {
    let serial = try SerialNumberText.bytes(serialNumber)
    return try await withStore(directory) { try await $0.setSuspended(false, serial: serial, now: now) }
  }

  /// Changes what a registration authority may order from now on.
  public static func limit(
    serialNumber: String, to limits: AuthorityLimits, directory: String, now: Date
  ) async throws {
    let serial = try SerialNumberText.bytes(serialNumber)
    try checkProfiles(limits.profiles ?? [], directory)
    try await withStore(directory) { try await $0.setLimits(limits, serial: serial, now: now) }
  }

  /// What every registration authority used in a month of UTC.
  public static func usage(year: Int, month: Int, directory: String) async throws -> [UsageReport] {
    try await withStore(directory) { try await $0.usage(year: year, month: month) }
  }

  /// The faults that a running CA has besides those that it was started with.
  public static func faults(directory: String) async throws -> [Fault] {
    try await withStore(directory) { try await $0.faults() }
  }

  /// Replaces them; from the next order on.
  public static func setFaults(_ faults: [Fault], directory: String) async throws {
    try await withStore(directory) { try await $0.setFaults(faults) }
  }
}
