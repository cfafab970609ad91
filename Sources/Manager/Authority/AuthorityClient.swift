import AsyncHTTPClient
import Edge
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import PKI
import X509

/// Talks HTTPS with the CA's EST server (RFC 7030), and trusts nothing but the anchor it was given.
struct AuthorityClient: Sendable {
  /// The CA's base URL, such as `https://ca.example:9443`.
  let url: String
  /// Where every path of the CA's must end.
  let anchors: [Certificate]
  private let http: HTTPClient

  private static let longestAnswerBytes = 64 * 1024
  private let deadline: TimeAmount
  private let breaker: CircuitBreaker
  private let meter: ManagerMeter

  /// - Parameters:
  ///   - deadline: within which an answer must be there, whole.
  ///   - breaker: decides whether a request goes out, and hears of its answer.
  ///   - meter: counts requests.
  init(
    url: String, anchors: [Certificate], deadline: TimeAmount = .seconds(30),
    breaker: CircuitBreaker = CircuitBreaker(), meter: ManagerMeter = ManagerMeter()
  ) throws {
    self.deadline = deadline
    self.breaker = breaker
    self.meter = meter
    self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
    self.anchors = anchors
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv13
    tls.trustRoots = .certificates(
      try anchors.map { try NIOSSLCertificate(bytes: $0.der, format: .der) })
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: tls, redirectConfiguration: .disallow,
      timeout: .init(connect: .seconds(10), read: .seconds(30)))
    configuration.httpVersion = .http1Only
    // Who is not there is said to be not there at once; trying again is decided elsewhere.
    configuration.connectionPool.retryConnectionEstablishment = false
    http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  func shutdown() async throws { try await http.shutdown() }

  /// An EST request (RFC 7030 §3.2.2): the body in base64 on one line.
  ///
  /// - Parameters:
  ///   - path: what follows `/.well-known/est/`.
  ///   - authorization: the value of the Authorization header, if any. It is never logged.
  /// - Throws: ``ManagerError`` with code `unreachable` when there is no answer.
  func post(
    _ path: String, type: String, body: [UInt8], authorization: String? = nil
  ) async throws(ManagerError) -> AuthorityReply {
    var request = HTTPClientRequest(url: "\(url)/.well-known/est/\(path)")
    request.method = .POST
    request.headers.add(name: "Content-Type", value: type)
    request.headers.add(name: "Content-Transfer-Encoding", value: "base64")
    if let authorization { request.headers.add(name: "Authorization", value: authorization) }
    request.body = .bytes(ByteBuffer(string: Data(body).base64EncodedString()))
    return try await execute(request)
  }

  /// The CA's certificates (RFC 7030 §4.1): candidates for paths, none of them trusted for being here.
  ///
  /// - Throws: ``ManagerError``: `unreachable`, or `protocolViolation` when it is no list of certificates.
  func certificates() async throws(ManagerError) -> [Certificate] {
    let reply = try await execute(HTTPClientRequest(url: "\(url)/.well-known/est/cacerts"))
    guard reply.status == 200, let bytes = reply.bytes, let list = try? CertificateBundle.decode(bytes) else {
      throw ManagerError(.protocolViolation, "The CA did not give its certificates: \(reply.sentence).")
    }
    return list
  }

  private func execute(_ request: HTTPClientRequest) async throws(ManagerError) -> AuthorityReply {
    let ticket: CircuitBreaker.Ticket
    do {
      ticket = try breaker.admit()
    } catch {
      meter.authorityRequests.add(.withheld)
      throw error
    }
    let start = ContinuousClock.now
    do {
      let reply = try await exchange(request)
      meter.authorityDurations.add(ContinuousClock.now - start)
      if reply.status < 500 {
        meter.authorityRequests.add(.answered)
        breaker.succeeded(ticket)
      } else {
        meter.authorityRequests.add(.failed)
        breaker.failed(ticket, "\(reply.sentence).")
      }
      return reply
    } catch {
      guard !Task.isCancelled else {
        breaker.abandoned(ticket)
        throw error
      }
      meter.authorityDurations.add(ContinuousClock.now - start)
      meter.authorityRequests.add(.failed)
      breaker.failed(ticket, error.reason)
      throw error
    }
  }

  private func exchange(_ request: HTTPClientRequest) async throws(ManagerError) -> AuthorityReply {
    do {
      let response = try await http.execute(request, deadline: .now() + deadline)
      let bytes = try await response.body.collect(upTo: Self.longestAnswerBytes)
      return AuthorityReply(
        status: response.status.code,
        type: response.headers.first(name: "Content-Type")?.lowercased() ?? "",
        retryAfter: response.headers.first(name: "Retry-After").flatMap(Self.seconds),
        text: String(buffer: bytes))
    } catch {
      throw ManagerError(
        error, asking: "The CA at \(url)", anchor: "the anchor ca-anchor.pem",
        advice: "Check that it runs, and that 'ca.url' is its address.")
    }
  }

  /// Retry-After in seconds (RFC 9110 §10.2.3); the date form is not worth its parser here, the back-off serves as well.
  private static func seconds(_ value: String) -> Duration? {
    guard let seconds = Int(value), seconds >= 0 else { return nil }
    return .seconds(min(seconds, 86_400))
  }
}

/// An EST server's answer.
struct AuthorityReply: Sendable {
  let status: UInt
  let type: String
  let retryAfter: Duration?
  let text: String

  /// The body out of base64, however it is wrapped; nil when it is no base64.
  var bytes: [UInt8]? {
    Data(base64Encoded: text.filter { !$0.isWhitespace }).map(Array.init)
  }

  /// The first line of a plain text body, for messages to people.
  var sentence: String {
    let line = text.split(whereSeparator: \.isNewline).first?.shown() ?? ""
    return line.isEmpty ? "HTTP status \(status)" : "HTTP status \(status): \(line)"
  }
}
