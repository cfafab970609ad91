import Durability
import Foundation
import NIOCore
public import PKI
public import X509

/// A CA without its listeners: what they would hand on goes straight in. For measuring it (`Benchmarks/ca`).
///
/// It is the running CA but for HTTP and TLS: the same database, keys and checks, and it holds the directory as a server does.
public struct UnservedCA: Sendable {
  private let lock: FileLock
  private let registrar: Registrar
  private let lists: CRLShelf
  private let ocsp: OCSPDesk

  /// Opens a CA's directory, which this process then holds.
  ///
  /// - Throws: ``MockCAError``, `PKIError`.
  public init(directory: String) async throws {
    let files = CADirectory(directory)
    let authority = try files.readAuthority()
    lock = try files.lock()
    let store = Store(try files.openDatabase())
    let issuer = Issuer(authority: authority, store: store)
    let schedule = StatusSchedule()
    lists = CRLShelf(authority, anchorKey: files.anchorKey, reader: store.reader, schedule: schedule)
    let signers = try await OCSPDesk.signers(issuer, key: files.readOCSPKey(), now: Date())
    ocsp = try OCSPDesk(authority, store: store, signers: signers, schedule: schedule, now: { Date() })
    _ = try await lists.refresh(log: store.log, now: Date())
    let desk = RevocationDesk(lists: lists, log: store.log, now: { Date() })
    registrar = Registrar(issuer: issuer, desk: desk, now: { Date() })
  }

  /// The issuing CA that signs what no profile gives to another.
  public var issuing: Certificate { registrar.authority.issuing }

  /// Enrols by a one-time code, as EST's `simpleenroll` does.
  ///
  /// - Parameter request: a PKCS#10 in DER.
  public func enrol(_ request: [UInt8], code: OneTimeCode) async throws -> Certificate {
    try await registrar.handleEnrolment(request, code: code).get()
  }

  /// Issues what a registration authority orders, as EST's `fullcmc` does, up to the answer: the certificate is on the disk.
  ///
  /// - Parameters:
  ///   - message: the order, a CMC message in DER.
  ///   - profile: a profile of `ca.yaml`.
  public func order(_ message: [UInt8], profile: String) async throws -> Certificate {
    let (_, result) = await registrar.handle(message, profile: registrar.authority.settings.profiles[profile])
    guard case .issued(let certificate) = try result.get() else { throw Refusal.message(.controlsNotAllowed) }
    return certificate
  }

  /// Revokes what a registration authority wants revoked: it is in CRL and OCSP when this returns.
  ///
  /// - Parameter message: the revocation, a CMC message in DER.
  public func revoke(_ message: [UInt8]) async throws {
    _ = try await registrar.handle(message, profile: nil).1.get()
  }

  /// Signs OCSP answers beforehand for all certificates that have none.
  ///
  /// - Returns: how many were signed.
  public func prepareAnswers() async throws -> Int { try await ocsp.prepare(now: Date()) }

  /// Answers an OCSP request.
  ///
  /// - Parameter request: an OCSPRequest in DER.
  /// - Returns: an OCSPResponse in DER.
  public func answer(_ request: [UInt8]) async -> [UInt8] { await ocsp.answer(request).der }

  /// The newest full CRL of an issuing CA in DER; nil when there is none of this number.
  public func fullList(issuer: Int) async throws -> [UInt8]? {
    try await lists.full(issuer).map { Array($0.body.readableBytesView) }
  }
}
