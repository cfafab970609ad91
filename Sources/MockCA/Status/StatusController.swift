import EST
import Foundation
import Hummingbird
import HummingbirdCore
import NIOCore
import PKI
import X509

/// Tells certificates' status to whoever asks, over plain HTTP: CRLs, issuers' certificates and OCSP (RFC 5280 §4.2.1.13,
/// RFC 6960 appendix A). All of it is signed, and who asks may be in the middle of checking a TLS certificate.
struct StatusController: Sendable {
  let authority: Authority
  let lists: CRLShelf
  let ocsp: OCSPDesk
  let limits: MockCAConfiguration.Limits

  /// For how long others may keep an answer without asking whether there is a newer one, in seconds.
  private static let maxAge = 60

  func addRoutes(to router: Router<CARequestContext>) {
    let path = URL(string: authority.settings.url)?.path ?? ""
    let group = router.group(RouterPath(path))
    group.get(":name") { request, context in try await file(context.parameters.get("name") ?? "", request) }
    group.post(":name") { request, context in await ask(request, context) }
    group.get(":name/**") { request, _ in await ask(by: request, prefix: path) }
    group.allowOnly([.get, .head, .post], at: ":name")
  }

  /// `N.crl`, `Nd.crl`, `N.crt`, N being the issuer's number, 0 the anchor.
  private func file(_ name: String, _ request: Request) async throws -> Response {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return Response(status: .notFound) }
    let isDelta = parts[0].hasSuffix("d")
    guard let number = Int(isDelta ? parts[0].dropLast() : parts[0]) else { return Response(status: .notFound) }
    switch parts[1] {
    case "crl":
      guard let list = try await isDelta ? lists.delta(number) : lists.full(number) else {
        return Response(status: .notFound)
      }
      return serve(list, request)
    case "crt" where !isDelta:
      guard let certificate = number == 0 ? authority.anchor : authority.issuer(number)?.certificate else {
        return Response(status: .notFound)
      }
      return Response(
        status: .ok, headers: [.contentType: "application/pkix-cert"],
        body: .init(byteBuffer: ByteBuffer(bytes: try certificate.der)))
    default: return Response(status: .notFound)
    }
  }

  private func serve(_ list: CRLShelf.List, _ request: Request) -> Response {
    var headers: HTTPFields = [.contentType: "application/pkix-crl", .eTag: "\"\(list.number)\""]
    headers[.cacheControl] = "max-age=\(Self.maxAge)"
    headers[.lastModified] = list.thisUpdate.httpHeader
    if request.headers[.ifNoneMatch] == "\"\(list.number)\"" {
      return Response(status: .notModified, headers: headers)
    }
    return Response(status: .ok, headers: headers, body: .init(byteBuffer: list.body))
  }

  private func ask(_ request: Request, _ context: CARequestContext) async -> Response {
    guard request.isBody("application/ocsp-request") else { return Response(status: .unsupportedMediaType) }
    do throws(Refusal) {
      let body = try await request.readBody(upTo: PKILimits.ocspRequestBytes, deadline: limits.bodyDeadline)
      return reply(await ocsp.answer(body), isCacheable: false)
    } catch {
      return reply(.init(der: OCSPFailure.malformedRequest.derBytes, validity: nil), isCacheable: false)
        .closing(context.channel, after: error)
    }
  }

  /// The request is in the path, base64, and percent-encoded by those who keep to the rule.
  private func ask(by request: Request, prefix: String) async -> Response {
    let rest = request.uri.path.dropFirst(prefix.count).drop { $0 == "/" }.drop { $0 != "/" }.dropFirst()
    guard let text = String(rest).removingPercentEncoding, text.utf8.count <= 2 * PKILimits.ocspRequestBytes,
      let bytes = Data(base64Encoded: text)
    else { return reply(.init(der: OCSPFailure.malformedRequest.derBytes, validity: nil), isCacheable: false) }
    return reply(await ocsp.answer(Array(bytes)), isCacheable: true)
  }

  private func reply(_ reply: OCSPDesk.Reply, isCacheable: Bool) -> Response {
    var headers: HTTPFields = [.contentType: "application/ocsp-response"]
    if isCacheable, let validity = reply.validity {
      headers[.cacheControl] = "max-age=\(Self.maxAge)"
      headers[.lastModified] = validity.from.httpHeader
    } else {
      headers[.cacheControl] = "no-store"
    }
    return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: reply.der)))
  }
}

extension Date {
  /// As HTTP writes dates (RFC 9110 §5.6.7).
  fileprivate var httpHeader: String {
    formatted(
      Date.VerbatimFormatStyle(
        format: """
          \(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .defaultDigits) \
          \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) GMT
          """, locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt, calendar: Calendar(identifier: .gregorian)))
  }
}
