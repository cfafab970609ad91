import NIOCore
import NIOSSL
import PKI
import Synchronization
import X509

/// The TLS context of the gateway listener: there as soon as its certificate is, and exchanged when that is renewed.
/// Connections that stand keep the one they began with.
final class ServerIdentity: Sendable {
  private let state = Mutex<NIOSSLContext?>(nil)
  private let estState = Mutex<(context: NIOSSLContext, issuers: [Certificate])?>(nil)
  private let (arrival, arrivalContinuation) = AsyncStream<Void>.makeStream()

  var context: NIOSSLContext? { state.withLock { $0 } }

  /// For HTTPS: the same certificate, and a client's own if it has one.
  var estContext: NIOSSLContext? { estState.withLock { $0?.context } }
  /// The intermediates of the certificate in use.
  var issuers: [Certificate] { estState.withLock { $0?.issuers ?? [] } }

  /// Returns once there is a context, or when the task is cancelled. For one task only.
  func ready() async {
    for await _ in arrival where context != nil { return }
  }

  /// Puts a certificate into use: mutual TLS 1.3 with the CA's anchor, ALPN `coap` (RFC 8323 §8.2).
  func replace(key: SigningKey, chain: [Certificate], anchors: [Certificate]) throws {
    var tls = try Self.configuration(key: key, chain: chain, anchors: anchors)
    let new = try NIOSSLContext(configuration: tls)
    tls.applicationProtocols = ["http/1.1"]
    tls.certificateVerification = .optionalVerification
    // Or a client that stalls lingers.
    tls.shutdownTimeout = .seconds(1)
    let est = try NIOSSLContext(configuration: tls)
    estState.withLock { $0 = (est, Array(chain.dropFirst())) }
    state.withLock { $0 = new }
    arrivalContinuation.yield()
    arrivalContinuation.finish()
  }

  private static func configuration(
    key: SigningKey, chain: [Certificate], anchors: [Certificate]
  ) throws -> TLSConfiguration {
    var tls = TLSConfiguration.makeServerConfiguration(
      certificateChain: try chain.map { .certificate(try NIOSSLCertificate(bytes: $0.der, format: .der)) },
      privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.pem.utf8), format: .pem)))
    tls.minimumTLSVersion = .tlsv13
    tls.applicationProtocols = ["coap"]
    // On the server's side this makes a client certificate mandatory.
    tls.certificateVerification = .noHostnameVerification
    tls.trustRoots = .certificates(try anchors.map { try NIOSSLCertificate(bytes: $0.der, format: .der) })
    return tls
  }
}
