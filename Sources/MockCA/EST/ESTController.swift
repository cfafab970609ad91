import Foundation
import Hummingbird
import HummingbirdCore
import NIOCore
import PKI
import X509

/// Enrolment over Secure Transport (RFC 7030), as much of it as registration authorities need.
struct ESTController: Sendable {
  let registrar: Registrar
  /// Signs the CMC answers.
  let responder: OwnIdentity
  let configuration: MockCAConfiguration
  let gate = RefusalGate()

  /// The profiles that can be ordered, by their EST label. `ra` is for a registration authority's own renewal.
  private static let profiles: [String: CertificateProfile] = [
    "device": .device, "gateway": .gateway, "server": .server, "ra": .registrationAuthority,
  ]

  func addRoutes(to router: Router<CARequestContext>) {
    let est = router.group(".well-known/est")
    est.get("cacerts") { _, _ in try caCertificates() }
    est.get(":label/cacerts") { _, _ in try caCertificates() }
    est.post("ra/simpleenroll") { request, context in await simpleEnrol(request, context) }
    est.post(":label/fullcmc") { request, context in await fullCMC(request, context) }
    for path: RouterPath in ["cacerts", ":label/cacerts"] { est.allowOnly([.get, .head], at: path) }
    for path: RouterPath in ["ra/simpleenroll", ":label/fullcmc"] { est.allowOnly([.post], at: path) }
  }

  /// RFC 7030 §4.1: anchor and issuing CA.
  private func caCertificates() throws -> Response {
    let authority = registrar.authority
    return ESTAnswer.base64(
      try CertificateBundle.encode([authority.anchor, authority.issuing]), type: "application/pkcs7-mime")
  }

  /// RFC 7030 §4.2, for a registration authority with a one-time code as its Basic password.
  private func simpleEnrol(_ request: Request, _ context: CARequestContext) async -> Response {
    // The body is read before anything is answered, also without credentials: a client that is asked for them goes on on the
    // same connection.
    let audit = AuditContext(profile: CertificateProfile.registrationAuthority.name)
    let result: Result<Certificate, Refusal>
    do throws(Refusal) {
      let body = try await request.base64Body(configuration.limits)
      guard request.isBody("application/pkcs10") else { throw .contentType }
      result = await registrar.handleEnrolment(body, code: request.oneTimeCode)
    } catch {
      result = .failure(await registrar.refuse(error, audit))
    }
    tell(result, profile: CertificateProfile.registrationAuthority.name)
    do {
      return ESTAnswer.base64(
        try CertificateBundle.encode([result.get()]), type: "application/pkcs7-mime; smime-type=certs-only")
    } catch {
      return ESTAnswer.text((error as? Refusal) ?? .storeFailed).closing(context.channel, after: error as? Refusal)
    }
  }

  /// RFC 7030 §4.3: an order of a registration authority. Every answer is a CMC answer, refusals too.
  private func fullCMC(_ request: Request, _ context: CARequestContext) async -> Response {
    let label = context.parameters.get("label") ?? ""
    var reference = CMCReference()
    var result: Result<Certificate, Refusal>
    do throws(Refusal) {
      let body = try await request.base64Body(configuration.limits)
      guard let profile = Self.profiles[label] else { throw .profileUnknown }
      guard request.isBody("application/pkcs7-mime") else { throw .contentType }
      (reference, result) = await registrar.handleFullCMC(body, profile: profile)
    } catch {
      result = .failure(await registrar.refuse(error, AuditContext()))
    }
    tell(result, profile: label)
    do {
      return try ESTAnswer.cmc(
        result, to: reference, responder: responder, issuing: registrar.authority.issuing, now: configuration.now()
      ).closing(context.channel, after: result.refusal)
    } catch {
      return Response(status: .internalServerError)
    }
  }

  private func tell(_ result: Result<Certificate, Refusal>, profile: String) {
    switch result {
    case .success(let certificate):
      configuration.onEvent(
        .issued(
          profile: profile, serialNumber: certificate.serialNumber.hexadecimal,
          subject: String(describing: certificate.subject)))
    case .failure(let refusal):
      guard gate.opens(for: refusal, now: configuration.now()) else { return }
      configuration.onEvent(.refused(reason: refusal.name, sentence: refusal.sentence))
    }
  }
}

extension Result<Certificate, Refusal> {
  fileprivate var refusal: Refusal? {
    if case .failure(let refusal) = self { refusal } else { nil }
  }
}
