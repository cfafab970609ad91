public import Foundation
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
    let store = try Store(CADirectory(directory).openDatabase())
    let code = OneTimeCode.random()
    try await store.addCode(code, expires: now + lifetime, now: now)
    return code
  }

  /// Revokes a certificate. Works beside a running CA; a registration authority so revoked is refused from its next request on.
  ///
  /// - Parameters:
  ///   - serialNumber: lower-case hexadecimal.
  ///   - directory: the CA's directory.
  ///   - now: the revocation's date.
  /// - Throws: ``MockCAError`` with code `unknownCertificate`.
  public static func revoke(serialNumber: String, directory: String, now: Date) async throws {
    try await Store(CADirectory(directory).openDatabase()).revoke(serialNumber: serialNumber, now: now)
  }

  /// What happened, oldest first.
  ///
  /// - Parameter directory: the CA's directory.
  public static func auditRows(directory: String) async throws -> [AuditRow] {
    try await Store(CADirectory(directory).openDatabase()).auditRows()
  }
}
