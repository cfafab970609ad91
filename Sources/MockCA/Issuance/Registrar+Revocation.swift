import Foundation
import GRDB
import PKI
import X509

extension Registrar {
  /// Revokes a certificate for the registration authority that ordered it (RFC 5272 §6.11).
  ///
  /// - Returns: the serial number, also when the certificate was revoked before. It is in CRL and OCSP when this returns.
  func revoke(
    _ request: CMCRevocation, by signer: KnownAuthority, _ context: AuditContext
  ) async -> Result<[UInt8], Refusal> {
    let now = now()
    let issuers = authority.issuers
    let founder = signer.founder
    do {
      let result = try await desk.revoke { database in
        let result: Result<[Order], Refusal>
        do throws(Refusal) {
          try database.requireStanding(founder)
          try database.burnNonce(
            request.senderNonce, of: founder, expires: now + 2 * Self.signingTimeTolerance, now: now)
          let order = try database.order(of: request, issuers: issuers, authority: founder)
          result = try Refusal.wrap {
            .success(
              try database.revoke(
                order, Revocation(reason: request.reason, comment: request.comment), context: context, now: now))
          }
        } catch {
          result = .failure(error)
        }
        return try database.audited(result, context: context, now: now)
      }
      return result.map { _ in request.serialNumber }
    } catch let error as PKIError {
      // Of the issuer's key, which signs the lists in the same transaction: nothing is revoked.
      return .failure(await refuse(issuer.refusal(error), context))
    } catch {
      return .failure(.storeFailed)
    }
  }
}

extension Database {
  /// The certificate that a registration authority wants revoked. It may name what it ordered, its own certificates too, and
  /// nothing else; what it did not order and what does not exist look the same to it.
  fileprivate func order(
    of request: CMCRevocation, issuers: [IssuingAuthority], authority: [UInt8]
  ) throws(Refusal) -> Order {
    try Refusal.wrap {
      guard let order = try order(serial: request.serialNumber),
        order.authority == authority || order.serial == authority, order.tbs != nil,
        let issuer = issuers.first(where: { $0.number == order.issuer }),
        try Subject(issuer.certificate.subject).derBytes == request.issuer
      else { throw Refusal.certificateUnknown }
      return order
    }
  }
}
