import Foundation
import PKI
import X509

extension Registrar {
  /// Enrols a registration authority with a one-time code (RFC 7030 §4.2).
  ///
  /// - Parameters:
  ///   - bytes: its PKCS#10.
  ///   - code: what it gave as a code; nil when there was nothing that could be one.
  func handleEnrolment(_ bytes: [UInt8], code: OneTimeCode?) async -> Result<Certificate, Refusal> {
    let profile = CertificateProfile.registrationAuthority
    var context = AuditContext(profile: profile.name)
    guard let code else { return .failure(await refuse(.codeMissing, context)) }
    // The code is the transaction: the same request again is the same order.
    let incoming = incoming(bytes, profile: profile, authority: [], transaction: code.digest)
    context.subject = (try? incoming.get()).map { String(describing: $0.request.subject) }
    do {
      let taken = try await store.take(
        incoming, requestDigest: bytes.sha256, code: code, serial: Array(Certificate.SerialNumber.random().bytes),
        context: context, now: now())
      return .success(try await issue(taken, for: incoming, context: context))
    } catch let refusal as Refusal {
      return .failure(refusal)
    } catch {
      return .failure(.storeFailed)
    }
  }
}
