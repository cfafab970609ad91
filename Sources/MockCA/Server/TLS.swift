import NIOCore
import NIOSSL
import PKI
import X509

/// The listener's side of TLS: 1.3 only, since 1.2 shows a sniffer names and certificates.
enum TLS {
  static func configuration(_ server: OwnIdentity, authority: Authority) throws -> TLSConfiguration {
    let chain = try [server.certificate, authority.issuing].map { certificate in
      NIOSSLCertificateSource.certificate(try NIOSSLCertificate(bytes: certificate.der, format: .der))
    }
    let key = try NIOSSLPrivateKey(bytes: Array(server.key.pem.utf8), format: .pem)
    var tls = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
    tls.minimumTLSVersion = .tlsv13
    tls.applicationProtocols = ["http/1.1"]
    // Who re-enrols shows a certificate; everybody else has none.
    tls.certificateVerification = .optionalVerification
    tls.trustRoots = .certificates(
      try ([authority.anchor] + authority.issuingCertificates).map {
        try NIOSSLCertificate(bytes: $0.der, format: .der)
      })
    // Or a client that stalls lingers.
    tls.shutdownTimeout = .seconds(1)
    return tls
  }
}
