import NIOSSL
import PKI
import Synchronization
import X509

/// The TLS context of the gateway listener: there as soon as its certificate is, and exchanged when that is renewed.
/// Connections that stand keep the one they began with.
final class ServerIdentity: Sendable {
  private struct State {
    var context: NIOSSLContext?
    var waiters: [CheckedContinuation<Void, Never>] = []
  }
  private let state = Mutex(State())

  var context: NIOSSLContext? { state.withLock { $0.context } }

  /// Returns once there is a context.
  func ready() async {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        if state.context == nil { state.waiters.append(continuation) }
        return state.context != nil
      }
      if isThere { continuation.resume() }
    }
  }

  /// Puts a certificate into use: mutual TLS 1.3 with the CA's anchor, ALPN `coap` (RFC 8323 §8.2).
  func replace(key: SigningKey, chain: [Certificate], anchors: [Certificate]) throws {
    let new = try NIOSSLContext(configuration: Self.configuration(key: key, chain: chain, anchors: anchors))
    let waiters = state.withLock { state in
      state.context = new
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
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
