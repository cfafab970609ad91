import Crypto
import Hummingbird
import NIOCore
import NIOSSL

/// A request's context with its connection.
struct ESTContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
  }

  /// The client's address, for limits and the audit trail.
  var address: String { channel.remoteAddress?.ipAddress ?? "-" }

  /// The certificate that the client showed. TLS has checked that the client has its key.
  var shown: CertificateID? {
    get async {
      guard let certificate = try? await channel.nioSSL_peerCertificate().get(), let der = try? certificate.toDERBytes()
      else { return nil }
      return CertificateID(sha256: Array(SHA256.hash(data: der)))
    }
  }
}
