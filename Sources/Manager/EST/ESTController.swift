import EST
import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import PKI
import SwiftASN1
import X509

/// `/.well-known/est/[<profile>/]…` for devices (RFC 7030, RFC 8951).
struct ESTController: Sendable {
  let desk: ESTDesk
  /// Anchors and intermediates, for `cacerts`.
  let certificates: @Sendable () async throws -> [Certificate]
  let logger: Logger

  /// In base64, wrapped in lines: a request of 4 KiB.
  private static let bodyBytes = 8 * 1024
  private static let bodyDeadline = Duration.seconds(10)

  func addRoutes(to router: Router<ESTContext>) {
    let est = router.group(".well-known/est")
    for prefix in ["", ":label/"] {
      est.get(RouterPath("\(prefix)cacerts")) { _, context in try await caCertificates(context) }
      est.get(RouterPath("\(prefix)csrattrs")) { _, context in
        guard isKnown(context) else { return answer(.profileUnknown) }
        return Response.est(try RequestAttributes.derBytes, type: "application/csrattrs")
      }
      est.post(RouterPath("\(prefix)simpleenroll")) { request, context in
        await handle(request, context) { bytes in
          try await desk.enrol(
            bytes, label: context.parameters.get("label"), code: request.oneTimeCode, from: context.address)
        }
      }
      est.post(RouterPath("\(prefix)simplereenroll")) { request, context in
        await handle(request, context) { bytes in
          var shown: CertificateRecord?
          if let id = await context.shown { shown = try await desk.ledger.store.certificate(id) }
          return try await desk.reenrol(bytes, label: context.parameters.get("label"), shown: shown)
        }
      }
      for path in ["cacerts", "csrattrs"] { refuseOthers(est, RouterPath("\(prefix)\(path)"), [.get, .head]) }
      for path in ["simpleenroll", "simplereenroll"] { refuseOthers(est, RouterPath("\(prefix)\(path)"), [.post]) }
    }
  }

  private func refuseOthers(_ group: RouterGroup<ESTContext>, _ path: RouterPath, _ allowed: [HTTPRequest.Method]) {
    for method: HTTPRequest.Method in [.get, .head, .post, .put, .delete, .patch, .options] {
      guard !allowed.contains(method) else { continue }
      group.on(path, method: method) { _, _ in
        Response(status: .methodNotAllowed, headers: [.allow: allowed.map(\.rawValue).joined(separator: ", ")])
      }
    }
  }

  private func isKnown(_ context: ESTContext) -> Bool {
    context.parameters.get("label").map { desk.profiles.named[$0] != nil } ?? true
  }

  private func caCertificates(_ context: ESTContext) async throws -> Response {
    guard isKnown(context) else { return answer(.profileUnknown) }
    return Response.est(try CertificateBundle.encode(try await certificates()), type: "application/pkcs7-mime")
  }

  /// A PKCS#10 in, certs-only out. The body is read before anything is answered, also without credentials: a client that is
  /// asked for them goes on on the same connection.
  private func handle(
    _ request: Request, _ context: ESTContext, by body: (_ request: [UInt8]) async throws -> ESTOutcome
  ) async -> Response {
    let bytes: [UInt8]
    do throws(ESTBodyFault) {
      bytes = try await request.estBody(upTo: Self.bodyBytes, deadline: Self.bodyDeadline)
    } catch {
      let response = answer(ESTRefusal(error))
      return error == .notBase64 ? response : response.closing(context.channel)
    }
    do {
      guard request.isBody("application/pkcs10") else { throw ESTRefusal.contentType }
      return try answer(try await body(bytes))
    } catch let refusal as ESTRefusal {
      return await note(refusal, bytes, context)
    } catch let error as ManagerError {
      return await note(ESTRefusal(error), bytes, context)
    } catch {
      logger.error("a request over EST failed", metadata: ["error": "\(error)"])
      return answer(ESTRefusal(503, "manager-trouble", "The manager cannot do it now.", retryAfter: 30))
    }
  }

  private func answer(_ outcome: ESTOutcome) throws -> Response {
    switch outcome {
    case .issued(let record):
      return Response.est(
        try CertificateBundle.encode([try Certificate(derEncoded: record.der)]),
        type: "application/pkcs7-mime; smime-type=certs-only")
    case .later(let seconds):
      return Response(status: .accepted, headers: [.retryAfter: "\(seconds)", .contentLength: "0"])
    }
  }

  private func answer(_ refusal: ESTRefusal) -> Response {
    var headers: HTTPFields = [.contentType: "text/plain; charset=utf-8"]
    if refusal.status == 401 { headers[.wwwAuthenticate] = "Basic realm=\"one-time code, any user\"" }
    if let seconds = refusal.retryAfter { headers[.retryAfter] = "\(seconds)" }
    return Response(
      status: .init(code: refusal.status), headers: headers,
      body: .init(byteBuffer: ByteBuffer(string: "\(refusal.name): \(refusal.sentence)\n")))
  }

  /// Into the audit trail, as often as an address may make the manager write.
  private func note(_ refusal: ESTRefusal, _ bytes: [UInt8], _ context: ESTContext) async -> Response {
    guard desk.limits.ofKnown.admits(context.address, at: desk.now) else { return answer(refusal) }
    let claimed = (try? CertificationRequest(bytes, overriding: Set(OverriddenExtension.allCases)))?.subject
      .serialNumber
    let subject = claimed.flatMap { try? DeviceID($0) }?.text ?? "est"
    try? await desk.ledger.commit(
      .refuseRequest(subject: subject, reason: refusal.name, address: context.address), by: .manager)
    return answer(refusal)
  }
}
