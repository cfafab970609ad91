import Foundation
import HummingbirdTLS
import NIOCore
import NIOSSL
import PKI
import X509

/// The listener's side of TLS: 1.3 only, since 1.2 shows a sniffer names and certificates.
enum TLS {
  static func configuration(
    _ server: OwnIdentity, authority: Authority, now: @escaping @Sendable () -> Date
  ) throws -> TLSChannelConfiguration {
    let chain = try [server.certificate, authority.issuing].map { certificate in
      NIOSSLCertificateSource.certificate(try NIOSSLCertificate(bytes: certificate.der, format: .der))
    }
    let key = try NIOSSLPrivateKey(bytes: Array(server.key.pem.utf8), format: .pem)
    var tls = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
    tls.minimumTLSVersion = .tlsv13
    tls.applicationProtocols = ["http/1.1"]
    // Who re-enrols shows a certificate; everybody else has none.
    tls.certificateVerification = .optionalVerification
    // Or a client that stalls lingers.
    tls.shutdownTimeout = .seconds(1)
    // BoringSSL would ask for clientAuth, and a server renews its serverAuth certificate with that certificate.
    let path = CertificatePath(anchors: [authority.anchor], purpose: nil)
    let issuers = authority.issuingCertificates
    return TLSChannelConfiguration(
      tlsConfiguration: tls,
      customAsyncVerificationCallback: { shown in
        guard let der = try shown.first?.toDERBytes() else { return .failed }
        do {
          _ = try await path.validate(Certificate(der: der), intermediates: issuers, now: now())
          return .certificateVerified
        } catch {
          return .failed
        }
      })
  }
}
