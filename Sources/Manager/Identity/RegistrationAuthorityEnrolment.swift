import Crypto
import Foundation
import PKI
import X509

/// The manager's own enrolment with the CA: by one-time code at EST's `ra/simpleenroll` (RFC 7030 §4.2).
struct RegistrationAuthorityEnrolment: Sendable {
  let folder: ManagerFolder
  let network: String
  let ledger: Ledger
  let client: AuthorityClient

  private static let holder = Holder.manager(.registrationAuthority)

  /// Gets the certificate for `key`. Asked again after a crash it sends the same request with the same code, so that a CA
  /// that has answered already can answer the same.
  ///
  /// - Throws: ``ManagerError``: `unreachable`, or `refused` when the CA does not take the code.
  func obtain(key: SigningKey) async throws -> CertificateRecord {
    let order = try await order(for: key)
    let code = try code()
    let reply = try await client.post(
      "ra/simpleenroll", type: "application/pkcs10", body: order.request,
      authorization: "Basic " + Data("ra:\(code)".utf8).base64EncodedString())
    guard reply.status == 200, let bytes = reply.bytes else {
      throw ManagerError(
        reply.status == 401 || reply.status == 403 ? .refused : .unreachable,
        "The CA did not enrol the manager: \(reply.sentence).",
        remedy: "If its code is spent, give a new one: 'muster manager enrol --dir \(folder.path) --ca-code-file FILE'."
      )
    }
    let issued = try await read(bytes, key: key)
    let record = try CertificateRecord(issued, for: order, state: .active, now: ledger.clock.now)
    try await ledger.commit(.issue(record), by: .manager)
    // Only now: as long as the certificate is not on disk, the code may be needed again.
    try? FileManager.default.removeItem(atPath: folder.authorityCode)
    return record
  }

  private func order(for key: SigningKey) async throws -> Order {
    let digest = KeyDigest(sha256: key.publicKey.keyDigest)
    if let known = try await ledger.store.order(for: Self.holder, key: digest), known.state == .open { return known }
    let request = try CertificationRequest(
      subject: try Subject(organization: network, commonName: "\(network) manager"), key: key)
    let order = Order(
      id: .fresh(), holder: Self.holder, profile: "ra", key: digest, request: request.derBytes,
      createdAt: ledger.clock.now)
    try await ledger.commit(.placeOwnOrder(order), by: .manager)
    return order
  }

  private func code() throws(ManagerError) -> String {
    let text = FileManager.default.contents(atPath: folder.authorityCode).map { String(decoding: $0, as: UTF8.self) }
    guard let code = text.flatMap({ OneTimeCode($0.trimmingCharacters(in: .whitespacesAndNewlines)) }) else {
      throw ManagerError(
        .refused, "There is no one-time code for the CA in \(folder.authorityCode).",
        remedy: "Give one: 'muster manager enrol --dir \(folder.path) --ca-code-file FILE'.")
    }
    return code.text
  }

  private func read(_ bytes: [UInt8], key: SigningKey) async throws(ManagerError) -> IssuedCertificate {
    do {
      // The answer holds the certificate alone; its issuers are to be had at cacerts.
      let certificates = try CertificateBundle.decode(bytes) + (await client.certificates())
      guard let own = certificates.first(where: { $0.publicKey == .init(key.publicKey) }) else {
        throw ManagerError(.protocolViolation, "The CA's answer has no certificate for the manager's key.")
      }
      let path = try await CertificatePath(
        anchors: client.anchors, purpose: CertificateProfile.registrationAuthority.usages.first
      ).validate(own, intermediates: certificates.filter { $0 != own }, now: ledger.clock.now)
      return IssuedCertificate(certificate: own, issuers: Array(path.dropFirst()))
    } catch let error as ManagerError {
      throw error
    } catch {
      throw ManagerError(.protocolViolation, "The CA's answer to the manager's enrolment cannot be trusted: \(error).")
    }
  }
}
