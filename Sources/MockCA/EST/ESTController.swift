import EST
import Foundation
import Hummingbird
import HummingbirdCore
import NIOCore
import PKI
import X509

/// Enrolment over Secure Transport (RFC 7030): all of it but server-side key generation, since a key never leaves who has it.
struct ESTController: Sendable {
  let registrar: Registrar
  /// Signs the CMC answers.
  let responder: OwnIdentity
  let configuration: MockCAConfiguration
  let faults: FaultDesk
  let impostor: Impostor
  let gate = RefusalGate()

  func addRoutes(to router: Router<CARequestContext>) {
    let est = router.group(".well-known/est")
    est.get("cacerts") { _, _ in try caCertificates() }
    est.get(":label/cacerts") { _, _ in try caCertificates() }
    for path: RouterPath in ["csrattrs", ":label/csrattrs"] {
      est.get(path) { _, _ in Response.est(try RequestAttributes.derBytes, type: "application/csrattrs") }
      est.allowOnly([.get, .head], at: path)
    }
    for path: RouterPath in ["simpleenroll", ":label/simpleenroll"] {
      est.post(path) { request, context in
        await enrol(request, context) { body, label in
          await registrar.handleEnrolment(body, code: request.oneTimeCode, label: label)
        }
      }
      est.allowOnly([.post], at: path)
    }
    for path: RouterPath in ["simplereenroll", ":label/simplereenroll"] {
      est.post(path) { request, context in
        await enrol(request, context) { body, label in
          await registrar.handleReenrolment(body, shown: await context.peer, label: label)
        }
      }
      est.allowOnly([.post], at: path)
    }
    est.post("fullcmc") { request, context in await fullCMC(request, context) }
    est.post(":label/fullcmc") { request, context in await fullCMC(request, context) }
    for path: RouterPath in ["cacerts", ":label/cacerts"] { est.allowOnly([.get, .head], at: path) }
    for path: RouterPath in ["fullcmc", ":label/fullcmc"] { est.allowOnly([.post], at: path) }
  }

  /// RFC 7030 §4.1: anchor and issuing CAs.
  private func caCertificates() throws -> Response {
    let authority = registrar.authority
    return Response.est(
      try CertificateBundle.encode([authority.anchor] + authority.issuingCertificates), type: "application/pkcs7-mime")
  }

  /// RFC 7030 §4.2: a PKCS#10 in, certs-only out.
  private func enrol(
    _ request: Request, _ context: CARequestContext,
    by body: (_ request: [UInt8], _ label: String?) async -> Result<Certificate, Refusal>
  ) async -> Response {
    // The body is read before anything is answered, also without credentials: a client that is asked for them goes on on the
    // same connection.
    let label = context.parameters.get("label")
    let result: Result<Certificate, Refusal>
    do throws(Refusal) {
      let bytes = try await request.base64Body(configuration.limits)
      guard request.isBody("application/pkcs10") else { throw .contentType }
      if let label, registrar.authority.settings.profiles[label] == nil { throw .profileUnknown }
      result = await body(bytes, label)
    } catch {
      result = .failure(await registrar.refuse(error, AuditContext()))
    }
    tell(result.map { .issued($0) }, profile: label ?? "")
    do {
      return Response.est(
        try CertificateBundle.encode([result.get()]), type: "application/pkcs7-mime; smime-type=certs-only")
    } catch {
      return ESTAnswer.text((error as? Refusal) ?? .storeFailed).closing(context.channel, after: error as? Refusal)
    }
  }

  /// RFC 7030 §4.3: an order of a registration authority. Every answer is a CMC answer, refusals too, unless a fault is asked for.
  private func fullCMC(_ request: Request, _ context: CARequestContext) async -> Response {
    let faults = await faults.next()
    if let response = await self.faults.instead(of: faults) { return response }
    let label = context.parameters.get("label")
    let profile = label.flatMap { registrar.authority.settings.profiles[$0] }
    var reference = CMCReference()
    var result: Result<CMCOutcome, Refusal>
    do throws(Refusal) {
      let body = try await request.base64Body(configuration.limits)
      // Without a label nothing can be ordered, but revoked.
      guard profile != nil || label == nil else { throw .profileUnknown }
      guard request.isBody("application/pkcs7-mime") else { throw .contentType }
      (reference, result) = await registrar.handle(body, profile: profile, isRejected: faults.contains(.reject))
    } catch {
      result = .failure(await registrar.refuse(error, AuditContext()))
    }
    tell(result, profile: label ?? "")
    do {
      let (bytes, status) = try await answer(result, to: reference, faults, profile: profile)
      let response = ESTAnswer.response(cmc: bytes, status: status)
      return self.faults.spoil(response, text: Data(bytes).base64EncodedString(), faults)
        .closing(context.channel, after: result.refusal)
    } catch {
      return Response(status: .internalServerError)
    }
  }

  /// The signed answer: the true one, or the one that a fault asks for.
  private func answer(
    _ result: Result<CMCOutcome, Refusal>, to reference: CMCReference, _ faults: [Fault.Kind],
    profile: CASettings.IssuedProfile?
  ) async throws -> (bytes: [UInt8], status: HTTPResponse.Status) {
    var (result, responder, issuers) = (result, responder, registrar.authority.issuingCertificates)
    if case .success(.issued(let certificate)) = result, let profile,
      let forgery = try await impostor.forge(certificate, faults, profile: profile, now: configuration.now())
    {
      result = .success(.issued(forgery.certificate))
      if let signer = forgery.signer { (responder, issuers) = (signer.responder, [signer.issuing]) }
    }
    return try ESTAnswer.cmc(
      result, to: reference, responder: responder, issuers: issuers, now: configuration.now())
  }

  private func tell(_ result: Result<CMCOutcome, Refusal>, profile: String) {
    switch result {
    case .success(.revoked(let serial)): configuration.onEvent(.revoked(serialNumber: serial.hexadecimal))
    case .success(.issued(let certificate)):
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

extension Result<CMCOutcome, Refusal> {
  fileprivate var refusal: Refusal? {
    if case .failure(let refusal) = self { refusal } else { nil }
  }
}
