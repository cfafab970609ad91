public import Foundation
import GRDB
public import PKI
public import X509

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
  ///   - url: where the status listener will be reached, `http://HOST[:PORT]`: certificates point there. nil for the
  ///     port that ``MockCAConfiguration`` has unless told otherwise, on this machine.
  ///   - keys: where its keys are made.
  ///   - now: the beginning of validity.
  /// - Throws: ``MockCAError``, `PKIError`.
  public static func initialize(
    directory: String, name: String = "Mock CA", url: String? = nil, keys: CAKeyPlaces = CAKeyPlaces(), now: Date
  ) throws {
    try CADirectory(directory).initialize(name: name, url: url ?? CASettings.defaultURL, keys: keys, now: now)
  }

  /// Makes another issuing CA, for a profile of its own or to roll the first one over. Needs the anchor's key.
  ///
  /// It signs once `ca.yaml` names its number and the CA is started again; what others signed keeps its CRL and OCSP.
  ///
  /// - Parameters:
  ///   - directory: the CA's directory.
  ///   - name: part of its subject, at most 24 characters.
  ///   - keyURI: of a key in a PKCS#11 token; nil for a file.
  ///   - now: the beginning of validity.
  /// - Returns: its number.
  /// - Throws: ``MockCAError``, `PKIError`.
  public static func addIssuer(directory: String, name: String, keyURI: String? = nil, now: Date) throws -> Int {
    try CADirectory(directory).addIssuer(name: name, keyIn: keyURI, now: now)
  }

  /// The issuing CAs by number, and which of them signs what no profile gives to another.
  public static func issuers(directory: String) throws -> (
    certificates: [(number: Int, certificate: Certificate)], primary: Int
  ) {
    let authority = try CADirectory(directory).readAuthority()
    return (authority.issuers.map { ($0.number, $0.certificate) }, authority.primary.number)
  }

  /// Makes a one-time code with which a registration authority, or one other client, can enrol. Works beside a running CA.
  ///
  /// - Parameters:
  ///   - directory: the CA's directory.
  ///   - profile: what it is for: `ra`, or one of `ca.yaml`.
  ///   - limits: what the authority may order; nil for everything the profiles allow.
  ///   - lifetime: for how many seconds the code can be used.
  ///   - now: from when on.
  /// - Returns: the code. It is shown once: the CA keeps a hash.
  public static func makeCode(
    directory: String, profile: String = "ra", limits: AuthorityLimits? = nil, lifetime: TimeInterval = 86_400,
    now: Date
  ) async throws -> OneTimeCode {
    try checkProfiles([profile] + (limits?.profiles ?? []), directory)
    return try await withStore(directory) { store in
      let code = OneTimeCode.random()
      try await store.addCode(code, profile: profile, limits: limits, expires: now + lifetime, now: now)
      return code
    }
  }

  /// - Throws: ``MockCAError`` `argument` when `ca.yaml` lacks one of the profiles.
  static func checkProfiles(_ names: [String], _ directory: String) throws {
    let known = try CADirectory(directory).readSettings().profiles
    for name in names where known[name] == nil {
      throw MockCAError(
        .argument, "There is no profile '\(name)' in ca.yaml.", remedy: "It has \(known.keys.sorted().formatted()).")
    }
  }

  /// Revokes a certificate. Works beside a running CA.
  ///
  /// It is in CRL and OCSP when this returns. Of a registration authority every certificate is revoked, and its next request is
  /// refused: it comes back with a new one-time code and a new key.
  ///
  /// - Parameters:
  ///   - serialNumber: hexadecimal of either case, with or without colons.
  ///   - reason: why; whoever fetches a CRL reads it.
  ///   - comment: what is to be remembered about it, for the CA's own people.
  ///   - directory: the CA's directory.
  ///   - now: the revocation's date.
  /// - Returns: the serial numbers revoked by this, in lower-case hexadecimal; none when they were before.
  /// - Throws: ``MockCAError``: `argument`, `unknownCertificate`.
  @discardableResult
  public static func revoke(
    serialNumber: String, reason: RevocationReason = .unspecified, comment: String? = nil, directory: String, now: Date
  ) async throws -> [String] {
    let serial = try SerialNumberText.bytes(serialNumber)
    let authority = try CADirectory(directory).readAuthority()
    return try await withStore(directory) { store in
      let lists = CRLShelf(
        authority, anchorKey: CADirectory(directory).anchorKey, reader: store.reader, schedule: StatusSchedule())
      let desk = RevocationDesk(lists: lists, log: store.log, now: { now })
      let revoked = try await desk.revoke { database in
        guard let order = try database.order(serial: serial) else {
          throw MockCAError(
            .unknownCertificate, "No certificate has the serial number \(serial.hexadecimal).",
            remedy: "'muster ca list' lists all that were issued.")
        }
        return .success(
          try database.revoke(
            order, Revocation(reason: reason, comment: comment), context: AuditContext(), now: now))
      }
      return try revoked.get().map(\.serial.hexadecimal)
    }
  }

  /// What happened, oldest first.
  ///
  /// - Parameter directory: the CA's directory.
  public static func auditRows(directory: String) async throws -> [AuditRow] {
    try await withStore(directory) { try await $0.auditRows() }
  }

  static func withStore<Value>(
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
