public import Foundation
import GRDB
public import PKI
import X509

/// A certification authority for tests, demonstrations and development: real certificates, no real trust.
///
/// Everything it needs is in one directory: anchor, issuing CA, their keys, and a database. Its names say TEST, so that nobody takes
/// its certificates for more.
public enum MockCA {
  /// Makes a new CA in a directory that must not exist or be empty: random anchor and issuing CA, empty database.
  ///
  /// It appears whole or not at all.
  ///
  /// - Parameters:
  ///   - directory: where.
  ///   - name: part of the certificates' names, at most 24 characters; short, since every certificate repeats it.
  ///   - now: the beginning of validity.
  /// - Throws: ``MockCAError``, `PKIError`.
  public static func initialize(directory: String, name: String = "Mock CA", now: Date) throws {
    try CADirectory(directory).initialize(name: name, now: now)
  }

  /// Makes a one-time code with which a registration authority can enrol. Works beside a running CA.
  ///
  /// - Parameters:
  ///   - directory: the CA's directory.
  ///   - lifetime: for how many seconds the code can be used.
  ///   - now: from when on.
  /// - Returns: the code. It is shown once: the CA keeps a hash.
  public static func makeCode(directory: String, lifetime: TimeInterval = 86_400, now: Date) async throws -> OneTimeCode
  {
    try await withStore(directory) { store in
      let code = OneTimeCode.random()
      try await store.addCode(code, expires: now + lifetime, now: now)
      return code
    }
  }

  /// Revokes a certificate. Works beside a running CA.
  ///
  /// Of a registration authority every certificate is revoked, and its next request is refused: it comes back with a new
  /// one-time code and a new key.
  ///
  /// - Parameters:
  ///   - serialNumber: hexadecimal of either case, with or without colons.
  ///   - directory: the CA's directory.
  ///   - now: the revocation's date.
  /// - Returns: the serial numbers revoked by this, in lower-case hexadecimal; none when they were before.
  /// - Throws: ``MockCAError``: `argument`, `unknownCertificate`.
  @discardableResult
  public static func revoke(serialNumber: String, directory: String, now: Date) async throws -> [String] {
    let serial = try SerialNumberText.bytes(serialNumber)
    return try await withStore(directory) { try await $0.revoke(serial: serial, now: now).map(\.hexadecimal) }
  }

  /// What happened, oldest first.
  ///
  /// - Parameter directory: the CA's directory.
  public static func auditRows(directory: String) async throws -> [AuditRow] {
    try await withStore(directory) { try await $0.auditRows() }
  }

  private static func withStore<Value>(
    _ directory: String, _ body: (Store) async throws -> Value
  ) async throws -> Value {
    let database = try CADirectory(directory).openDatabase()
    do {
      return try await body(Store(database))
    } catch let error as DatabaseError {
      throw MockCAError(
        .database, "The CA's database cannot be used: \(error.message ?? "\(error.resultCode)").",
        remedy: "Look whether the disk is full or the directory read-only.")
    }
  }
}
