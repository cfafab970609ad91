import Hummingbird
import NIOCore
import NIOSSL
import PKI
import X509

/// A request's context with its connection, which a handler can close.
struct CARequestContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
  }

  /// The certificate that the client showed, if it did. TLS has checked that it leads to the anchor and that the client has its
  /// key, and nothing else.
  var peer: Certificate? {
    get async {
      guard let certificate = try? await channel.nioSSL_peerCertificate().get(), let der = try? certificate.toDERBytes()
      else { return nil }
      return try? Certificate(der: der)
    }
  }
}
