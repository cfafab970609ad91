import Foundation
import GRDB
import PKI
import Synchronization
import X509

/// Answers OCSP requests (RFC 6960): with an answer that was signed beforehand if there is one, else by signing one.
///
/// Every answer asks the database, so that a revocation is in the first answer after it, whoever made it.
final class OCSPDesk: Sendable {
  /// Who signs for one issuer: a delegate, so that the issuer's key is not used for strangers' questions.
  struct Signer: Sendable {
    let id: Int64
    let identity: OwnIdentity
    let responder: OCSPResponder
  }

  /// An answer, and for how long it may be kept by others.
  struct Reply: Sendable {
    let der: [UInt8]
    /// Nil for what must not be kept: an error, an answer with a nonce.
    let validity: (from: Date, until: Date)?
  }

  let store: Store
  let schedule: StatusSchedule
  private let now: @Sendable () -> Date
  private let onKeyFailure: @Sendable (PKIError) -> Void
  private let issuers: [OCSPCertificateID.Issuer: Int]
  let signers: Mutex<[Int: Signer]>
  private let responders = Mutex<[Int64: OCSPResponder]>([:])

  init(
    _ authority: Authority, store: Store, signers: [Int: Signer], schedule: StatusSchedule,
    now: @escaping @Sendable () -> Date, onKeyFailure: @escaping @Sendable (PKIError) -> Void = { _ in }
  ) throws {
    self.store = store
    self.schedule = schedule
    self.now = now
    self.onKeyFailure = onKeyFailure
    self.signers = Mutex(signers)
    issuers = try authority.issuers.reduce(into: [:]) { known, issuer in
      for hash in OCSPCertificateID.Hash.allCases {
        known[try OCSPCertificateID.Issuer(issuer.certificate, hash: hash)] = issuer.number
      }
    }
  }

  /// Answers a request.
  ///
  /// - Parameter bytes: an OCSPRequest in DER.
  func answer(_ bytes: [UInt8]) async -> Reply {
    do {
      let request = try OCSPRequest(bytes)
      let numbers = Set(request.certificates.map { issuers[$0.issuer] })
      // One signer signs one answer: all must be of one issuer, and one that this CA has.
      guard numbers.count == 1, let number = numbers.first.flatMap({ $0 }),
        let signer = signers.withLock({ $0[number] })
      else { throw OCSPFailure.unauthorized }
      let states = try await states(of: request, issuer: number)
      if let reply = try await prepared(request, states.first ?? nil, of: number) { return reply }
      return try await sign(request, states, signer)
    } catch let failure as OCSPFailure {
      return Reply(der: failure.derBytes, validity: nil)
    } catch let error as PKIError {
      onKeyFailure(error)
      return Reply(der: OCSPFailure.tryLater.derBytes, validity: nil)
    } catch {
      return Reply(der: OCSPFailure.tryLater.derBytes, validity: nil)
    }
  }

  private func states(of request: OCSPRequest, issuer: Int) async throws -> [CertificateState?] {
    let read: @Sendable (Database) throws -> [CertificateState?] = { database in
      try request.certificates.map { try database.state(serial: $0.serialNumber, issuer: issuer) }
    }
    // One question is one statement, which sees one state of the database without a transaction around it.
    return try await request.certificates.count == 1 ? store.reader.unsafeRead(read) : store.reader.read(read)
  }

  /// The answer that was signed beforehand, if the question is the one that it was signed for.
  private func prepared(_ request: OCSPRequest, _ state: CertificateState?, of issuer: Int) async throws -> Reply? {
    guard request.nonce == nil, request.certificates.count == 1, let certificate = request.certificates.first,
      let state, let prepared = state.prepared
    else { return nil }
    let answer = answer([(certificate, state.status)], from: prepared.thisUpdate)
    guard answer.nextUpdate > now(), try certificate.isUsual, let responder = try await responder(prepared.responder)
    else { return nil }
    return Reply(
      der: try answer.response(responder: responder, signature: prepared.signature),
      validity: (answer.thisUpdate, answer.nextUpdate))
  }

  private func sign(_ request: OCSPRequest, _ states: [CertificateState?], _ signer: Signer) async throws -> Reply {
    let statuses = zip(request.certificates, states).map { (certificate: $0, status: $1?.status ?? .unknown) }
    let answer = answer(statuses, from: now(), nonce: request.nonce)
    let key = signer.identity.key
    let signature = try await key.signing { try answer.signature(responder: signer.responder, key: key) }
    return Reply(
      der: try answer.response(responder: signer.responder, signature: signature),
      validity: request.nonce == nil ? (answer.thisUpdate, answer.nextUpdate) : nil)
  }

  /// How answers that are signed beforehand name an issuer.
  func issuer(_ number: Int) -> OCSPCertificateID.Issuer? {
    issuers.first { $0.value == number && $0.key.hash == .sha1 }?.key
  }

  func answer(
    _ statuses: [(certificate: OCSPCertificateID, status: OCSPStatus)], from date: Date, nonce: [UInt8]? = nil
  ) -> OCSPAnswer {
    let date = Date(timeIntervalSince1970: TimeInterval(date.seconds))
    return OCSPAnswer(
      statuses: statuses, thisUpdate: date, nextUpdate: date + schedule.answerLifetime, nonce: nonce)
  }

  /// A responder that signed beforehand, perhaps before the last start.
  private func responder(_ id: Int64) async throws -> OCSPResponder? {
    if let known = responders.withLock({ $0[id] }) { return known }
    let der = try await store.reader.read { database in
      try Data.fetchOne(database, sql: "SELECT der FROM responder WHERE id = ?", arguments: [id])
    }
    guard let der else { return nil }
    let certificate = try Certificate(der: Array(der))
    // An answer is worth nothing once its signer's certificate has ended.
    guard certificate.notValidAfter > now() + schedule.answerLifetime else { return nil }
    let responder = try OCSPResponder(certificate)
    responders.withLock { $0[id] = responder }
    return responder
  }
}

extension OCSPCertificateID {
  /// Whether it is written as everybody writes it, with SHA-1: what answers are signed for beforehand.
  var isUsual: Bool {
    get throws { try issuer.hash == .sha1 && self == OCSPCertificateID(issuer: issuer, serialNumber: serialNumber) }
  }
}
