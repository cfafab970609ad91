import Foundation
import GRDB
import PKI
import Synchronization
import X509

extension OCSPDesk {
  /// How long before its end a responder's certificate is replaced, in seconds: half of its life.
  private static let reserve: TimeInterval = 15 * 86_400

  /// The responders of all issuers, with a certificate that holds for some time. An issuer that has ended has none: nothing
  /// that it could sign would be valid, and everything that it signed has ended too.
  static func signers(_ issuer: Issuer, key: SigningKey, now: Date) async throws -> [Int: Signer] {
    var signers: [Int: Signer] = [:]
    for authority in issuer.authority.issuers where authority.certificate.notValidAfter > now {
      signers[authority.number] = try await signer(of: authority.number, issuer, key: key, now: now)
    }
    return signers
  }

  /// Replaces responders' certificates that end soon, unless it is their issuer that ends: a new one would end with it too.
  func renewSigners(_ issuer: Issuer, now: Date) async throws {
    for (number, signer) in signers.withLock({ $0 }) {
      let end = signer.identity.certificate.notValidAfter
      guard end < now + Self.reserve, let authority = issuer.authority.issuer(number),
        end < authority.certificate.notValidAfter
      else { continue }
      let fresh = try await Self.signer(of: number, issuer, key: signer.identity.key, now: now)
      signers.withLock { $0[number] = fresh }
    }
  }

  private static func signer(of number: Int, _ issuer: Issuer, key: SigningKey, now: Date) async throws -> Signer {
    let identity = try await issuer.makeOwn(
      .ocspResponder, commonName: "TEST CA OCSP", key: key, issuer: number, now: now)
    let der = Data(try identity.certificate.der)
    let id = try await issuer.store.log.write { database in
      try database.execute(sql: "INSERT INTO responder (issuer, der) VALUES (?, ?)", arguments: [number, der])
      return database.lastInsertedRowID
    }
    return Signer(id: id, identity: identity, responder: try OCSPResponder(identity.certificate))
  }
}
