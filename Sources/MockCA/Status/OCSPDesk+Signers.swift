import Foundation
import GRDB
import PKI
import Synchronization
import X509

extension OCSPDesk {
  /// How long before its end a responder's certificate is replaced, in seconds: half of its life.
  private static let reserve: TimeInterval = 15 * 86_400

  /// The responders of all issuers, with a certificate that holds for some time.
  static func signers(_ issuer: Issuer, key: SigningKey, now: Date) async throws -> [Int: Signer] {
    var signers: [Int: Signer] = [:]
    for authority in issuer.authority.issuers {
      let identity = try await issuer.makeOwn(
        .ocspResponder, commonName: "TEST CA OCSP", key: key, issuer: authority.number, now: now)
      signers[authority.number] = try await signer(identity, issuer: authority.number, store: issuer.store)
    }
    return signers
  }

  /// Replaces responders' certificates that end soon.
  func renewSigners(_ issuer: Issuer, now: Date) async throws {
    guard signers.withLock({ $0.values.contains { $0.identity.certificate.notValidAfter < now + Self.reserve } }),
      let key = signers.withLock({ $0.values.first?.identity.key })
    else { return }
    let fresh = try await Self.signers(issuer, key: key, now: now)
    signers.withLock { $0 = fresh }
  }

  private static func signer(_ identity: OwnIdentity, issuer: Int, store: Store) async throws -> Signer {
    let der = Data(try identity.certificate.der)
    let id = try await store.log.write { database in
      try database.execute(sql: "INSERT INTO responder (issuer, der) VALUES (?, ?)", arguments: [issuer, der])
      return database.lastInsertedRowID
    }
    return Signer(id: id, identity: identity, responder: try OCSPResponder(identity.certificate))
  }
}
