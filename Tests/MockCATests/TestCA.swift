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

  /// - Parameter log: what stands between the store and its database; nil for nothing.
  init(log: ((any CommitLog) -> any CommitLog)? = nil) throws {
    directory = NSTemporaryDirectory() + "muster-ca-" + randomBytes(8).hexadecimal
    try MockCA.initialize(directory: directory, now: clock.now)
    authority = try CADirectory(directory).readAuthority()
    let database = try CADirectory(directory).openDatabase()
    let commits = GroupCommit(database.pool)
    store = Store(reader: database.pool, log: log?(commits) ?? commits)
    registrar = Registrar(issuer: Issuer(authority: authority, store: store), now: { [clock] in clock.now })
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  /// The same CA after a crash: nothing but the directory is left.
  func restarted() throws -> Registrar {
    let store = Store(try CADirectory(directory).openDatabase())
    return Registrar(issuer: Issuer(authority: authority, store: store), now: { [clock] in clock.now })
  }

  /// Enrols a registration authority.
  func makeRA() async throws -> TestRA {
    let code = try await MockCA.makeCode(directory: directory, now: clock.now)
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
