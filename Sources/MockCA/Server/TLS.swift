import NIOCore
import NIOSSL
import PKI
import X509

/// The listener's side of TLS: 1.3 only, since 1.2 shows a sniffer names and certificates.
enum TLS {
  static func configuration(_ server: OwnIdentity, issuing: Certificate) throws -> TLSConfiguration {
    let chain = try [server.certificate, issuing].map { certificate in
      NIOSSLCertificateSource.certificate(try NIOSSLCertificate(bytes: certificate.der, format: .der))
    }
    let key = try NIOSSLPrivateKey(bytes: Array(server.key.pem.utf8), format: .pem)
    var tls = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
    tls.minimumTLSVersion = .tlsv13
    tls.applicationProtocols = ["http/1.1"]
    // Or a client that stalls lingers.
    tls.shutdownTimeout = .seconds(1)
    return tls
  }
}
