import Foundation
import Hummingbird
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import PKI
import Synchronization
import X509

@testable import Manager

/// An HTTPS server in a CA's place that answers what a test tells it, good or bad.
final class ScriptedCA: Sendable {
  struct Reply: Sendable {
    var status = 200
    var type = "application/pkcs7-mime; smime-type=CMC-response"
    var retryAfter: String?
    var body = ""
  }
  typealias Script = @Sendable (UnverifiedCMCRequest) throws -> Reply

  let authority: TestAuthority
  private let responder = SigningKey()
  private let state = Mutex<(script: Script, requests: [UnverifiedCMCRequest])>(({ _ in Reply(status: 500) }, []))

  init(authority: TestAuthority) { self.authority = authority }

  /// What came in, in order.
  var requests: [UnverifiedCMCRequest] { state.withLock { $0.requests } }
  func answer(_ script: @escaping Script) { state.withLock { $0.script = script } }

  /// A signed answer to a request, as a good CA gives it, unless a test changes something.
  func signed(
    _ request: UnverifiedCMCRequest, status: CMCStatusInfo? = nil, transaction: TransactionID? = nil,
    nonce: [UInt8]? = nil, certificates: [Certificate] = []
  ) throws -> Reply {
    let own = try authority.issue(
      try CertificationRequest(subject: Subject(commonName: "responder"), key: responder), profile: .responder)
    let response = CMCResponse(
      status: status ?? request.success, transaction: transaction ?? request.transaction,
      recipientNonce: nonce ?? request.senderNonce, certificates: certificates)
    let bytes = try response.signed(
      with: responder, certificate: own.certificate, issuers: [], at: authority.now)
    return Reply(body: Data(bytes).base64EncodedString())
  }

  /// Serves while `body` runs.
  func serving(_ body: @escaping @Sendable (_ url: String) async throws -> Void) async throws {
    let port = Mutex<Int?>(nil)
    let router = Router()
    router.post("/.well-known/est/:profile/fullcmc") { request, _ in
      try self.reply(to: try await request.body.collect(upTo: 65_536))
    }
    let application = Application(
      router: router, server: try .tls(.http1(), tlsConfiguration: try tls()),
      configuration: .init(address: .hostname("127.0.0.1", port: 0), serverName: nil),
      onServerRunning: { channel in port.withLock { $0 = channel.localAddress?.port } }, logger: .silent)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await application.run() }
      defer { group.cancelAll() }
      let opened = try await poll("the scripted CA listens") { port.withLock { $0 } }
      try await body("https://127.0.0.1:\(opened)")
    }
  }

  private func reply(to body: ByteBuffer) throws -> Response {
    guard let bytes = Data(base64Encoded: String(buffer: body)) else { return Response(status: .badRequest) }
    let request = try UnverifiedCMCRequest(Array(bytes))
    let script = state.withLock { state in
      state.requests.append(request)
      return state.script
    }
    let reply = try script(request)
    var headers: HTTPFields = [.contentType: reply.type]
    headers[.retryAfter] = reply.retryAfter
    return Response(
      status: .init(code: reply.status), headers: headers, body: .init(byteBuffer: ByteBuffer(string: reply.body)))
  }

  private func tls() throws -> TLSConfiguration {
    let key = SigningKey()
    let request = try CertificationRequest(
      subject: Subject(commonName: "localhost"), ipAddresses: [[127, 0, 0, 1]], key: key)
    let certificate = try authority.issue(request, profile: .server).certificate
    return TLSConfiguration.makeServerConfiguration(
      certificateChain: [.certificate(try NIOSSLCertificate(bytes: certificate.der, format: .der))],
      privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.pem.utf8), format: .pem)))
  }
}
