import Foundation
import PKI
import X509

/// Decides about requests: who asks, whether this may be asked for, and then has it issued.
struct Registrar: Sendable {
  let issuer: Issuer
  let desk: RevocationDesk
  let now: @Sendable () -> Date

  var store: Store { issuer.store }
  var authority: Authority { issuer.authority }

  /// How far a message's signing time may be from the CA's clock, in seconds.
  static let signingTimeTolerance: TimeInterval = 300

  /// Checks what can be checked without the database.
  func incoming(
    _ bytes: [UInt8], profile: CASettings.IssuedProfile, authority: [UInt8], transaction: [UInt8]
  ) -> Result<IncomingOrder, Refusal> {
    do {
      let request = try CertificationRequest(bytes, overriding: profile.profile.overridden)
      try profile.profile.check(request)
      guard !self.authority.owns(request) else { return .failure(.keyOfAuthority) }
      return .success(
        IncomingOrder(
          profile: profile.profile, issuer: profile.issuer, authority: authority, transaction: transaction,
          request: request))
    } catch let refusal as CertificationRequestRefusal {
      return .failure(.request(refusal))
    } catch let refusal as ProfileRefusal {
      return .failure(.profile(refusal))
    } catch {
      return .failure(.request(.requestMalformed))
    }
  }

  /// Issues for an order that the store took, or passes its refusal on.
  func issue(
    _ taken: Result<Order, Refusal>, for incoming: Result<IncomingOrder, Refusal>, context: AuditContext
  ) async throws(Refusal) -> Certificate {
    let order = try taken.get()
    let incoming = try incoming.get()
    do {
      return try await issuer.complete(
        order, request: incoming.request, profile: incoming.profile, context: context, now: now())
    } catch {
      // The store is asked to say so even when it is the store that failed: it may be well again.
      try? await store.addRefusal(error, context: context, now: now())
      throw error
    }
  }

  /// Records a refusal that comes before any order, and returns it.
  func refuse(_ refusal: Refusal, _ context: AuditContext) async -> Refusal {
    do {
      try await store.addRefusal(refusal, context: context, now: now())
      return refusal
    } catch {
      // Without an audit row nothing is answered but 'try later'.
      return .storeFailed
    }
  }
}
