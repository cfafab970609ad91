import Durability
import Foundation
import Synchronization
import X509

@testable import MockCA
@testable import PKI

/// A clock that stands still until a test moves it. It starts at the real time, since TLS looks at the real one, on a whole
/// second, since signing times have no fractions.
final class TestClock: Sendable {
  private let date = Mutex(Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down)))

  var now: Date { date.withLock { $0 } }

  func advance(by seconds: TimeInterval) { date.withLock { $0 += seconds } }
}

/// A CA in a directory of its own, without a server: requests go straight to its registrar.
final class TestCA: Sendable {
  let directory: String
  let clock = TestClock()
  let authority: Authority
  let store: Store
  let registrar: Registrar

  /// - Parameters:
  ///   - url: where its status will be.
  ///   - keys: where its keys are.
  ///   - log: what stands between the store and its database; nil for nothing.
  init(url: String? = nil, keys: CAKeyPlaces = CAKeyPlaces(), log: ((any CommitLog) -> any CommitLog)? = nil) throws {
    directory = NSTemporaryDirectory() + "muster-ca-" + randomBytes(8).hexadecimal
    try MockCA.initialize(directory: directory, url: url, keys: keys, now: clock.now)
    authority = try CADirectory(directory).readAuthority()
    let database = try CADirectory(directory).openDatabase()
    let commits = GroupCommit(database.pool)
    store = Store(reader: database.pool, log: log?(commits) ?? commits)
    registrar = Self.registrar(authority, store, clock)
  }

  /// A registrar with another log or after a restart.
  static func registrar(_ authority: Authority, _ store: Store, _ clock: TestClock) -> Registrar {
    let lists = CRLShelf(authority, anchorKey: { nil }, reader: store.reader, schedule: StatusSchedule())
    return Registrar(
      issuer: Issuer(authority: authority, store: store),
      desk: RevocationDesk(lists: lists, log: store.log, now: { clock.now }), now: { clock.now })
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  /// The CRLs as a server would tell them.
  var lists: CRLShelf {
    CRLShelf(
      authority, anchorKey: CADirectory(directory).anchorKey, reader: store.reader, schedule: StatusSchedule())
  }

  /// The OCSP responder as a server would run it.
  func ocsp() async throws -> OCSPDesk {
    let signers = try await OCSPDesk.signers(
      registrar.issuer, key: CADirectory(directory).readOCSPKey(), now: clock.now)
    return try OCSPDesk(
      authority, store: store, signers: signers, schedule: StatusSchedule(), now: { [clock] in clock.now })
  }

  /// The same CA after a crash: nothing but the directory is left.
  func restarted() throws -> Registrar {
    let store = Store(try CADirectory(directory).openDatabase())
    let authority = try CADirectory(directory).readAuthority()
    return Self.registrar(authority, store, clock)
  }

  /// Changes `ca.yaml`, for the next start.
  func edit(_ text: String, to other: String) throws {
    let file = CADirectory(directory).settingsFile
    try DurableFile.replace(file, bytes: Array(DurableFile.readText(file).replacing(text, with: other).utf8))
  }

  /// Enrols a registration authority.
  func makeRA(limits: AuthorityLimits? = nil) async throws -> TestRA {
    let code = try await MockCA.makeCode(directory: directory, limits: limits, now: clock.now)
    let key = SigningKey()
    let request = try CertificationRequest(subject: Subject(commonName: "manager"), key: key)
    let certificate = try await registrar.handleEnrolment(request.derBytes, code: code).get()
    return TestRA(key: key, certificate: certificate, authority: authority)
  }

  /// The reasons in the audit table, oldest first.
  func refusals() async throws -> [String] {
    try await store.auditRows().filter { $0.event == "refused" }.compactMap(\.reason)
  }
}

extension Registrar {
  /// Issues to an authority what should be no question.
  func issue(
    to ra: TestRA, _ request: CertificationRequest, profile: CertificateProfile = .device
  ) async throws -> Certificate {
    try await handleFullCMC(try ra.order(request, at: now()), profile: profile).1.get()
  }

  /// Handles an order and nothing else.
  func handleFullCMC(
    _ bytes: [UInt8], profile: CertificateProfile
  ) async -> (CMCReference, Result<Certificate, Refusal>) {
    let (reference, result) = await handle(bytes, profile: .init(profile: profile, issuer: 1))
    return (
      reference,
      result.flatMap { if case .issued(let certificate) = $0 { .success(certificate) } else { .failure(.storeFailed) } }
    )
  }
}

/// A registration authority with its certificate.
struct TestRA: Sendable {
  let key: SigningKey
  let certificate: Certificate
  let authority: Authority

  var anchor: Certificate { authority.anchor }

  /// A signed order.
  func order(_ request: CMCRequest, at now: Date) throws -> [UInt8] {
    try request.signed(with: key, certificate: certificate, issuers: [authority.issuing], at: now)
  }

  /// A well-signed order of a new transaction over bytes that need not be a good request.
  func order(unchecked request: [UInt8], at now: Date) throws -> [UInt8] {
    try order(
      CMCRequest(transaction: .random(), certificationRequest: request, senderNonce: randomBytes(16)), at: now)
  }

  /// A signed revocation of a new transaction.
  func revocation(
    of certificate: Certificate, reason: RevocationReason = .unspecified, comment: String? = nil, at now: Date
  ) throws -> [UInt8] {
    try CMCRevocation(transaction: .random(), certificate: certificate, reason: reason, comment: comment).signed(
      with: key, certificate: self.certificate, issuers: [authority.issuing], at: now)
  }

  /// A signed order of a new transaction.
  func order(_ request: CertificationRequest, at now: Date) throws -> [UInt8] {
    try order(CMCRequest(transaction: .random(), certificationRequest: request), at: now)
  }
}

/// A request as this system's devices make it.
func deviceRequest(
  key: SigningKey = SigningKey(), network: String = "plant", serial: String = "SN-1"
) throws -> CertificationRequest {
  try CertificationRequest(
    subject: Subject(organization: network, serialNumber: serial, commonName: serial),
    dnsNames: [serial.lowercased() + ".plant.test"], key: key)
}
