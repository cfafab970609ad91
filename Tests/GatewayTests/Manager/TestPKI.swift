import Crypto
import Foundation
import NIOSSL
import SwiftASN1
import X509

@testable import Gateway

/// A throw-away authority with certificates for one manager and its gateways.
struct TestPKI {
  let anchor: Certificate
  private let key = P256.Signing.PrivateKey()
  private let name: DistinguishedName

  init() throws {
    name = try DistinguishedName { CommonName("Test anchor") }
    anchor = try Certificate(
      version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey), notValidBefore: .now - 60,
      notValidAfter: .now + 3_600, issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
      extensions: .init {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
        Critical(KeyUsage(keyCertSign: true))
      }, issuerPrivateKey: .init(key))
  }

  /// A certificate and its key.
  struct Identity {
    let certificate: Certificate
    let key: P256.Signing.PrivateKey

    var tlsChain: [NIOSSLCertificate] {
      get throws { [try certificate.tls] }
    }

    var tlsKey: NIOSSLPrivateKey {
      get throws { try NIOSSLPrivateKey(bytes: Array(key.pemRepresentation.utf8), format: .pem) }
    }
  }

  /// A manager's: for `localhost` and 127.0.0.1 unless said.
  func manager(dnsName: String = "localhost", address: [UInt8] = [127, 0, 0, 1]) throws -> Identity {
    try issue(
      CommonName("manager"), usage: .serverAuth,
      SubjectAlternativeNames([.dnsName(dnsName), .ipAddress(ASN1OctetString(contentBytes: address[...]))]))
  }

  func gateway(_ commonName: String = "site-1") throws -> Identity {
    try issue(CommonName(commonName), usage: .clientAuth, SubjectAlternativeNames([.dnsName("gateway.invalid")]))
  }

  var tlsAnchor: NIOSSLCertificate {
    get throws { try anchor.tls }
  }

  /// What `muster gateway enrol` would have left.
  func gatewayIdentity(_ commonName: String = "site-1") throws -> GatewayIdentity {
    let identity = try gateway(commonName)
    return try GatewayIdentity(chain: try identity.tlsChain, key: try identity.tlsKey, anchors: [try tlsAnchor])
  }

  private func issue(
    _ subject: CommonName, usage: ExtendedKeyUsage.Usage, _ names: SubjectAlternativeNames
  ) throws -> Identity {
    let own = P256.Signing.PrivateKey()
    let certificate = try Certificate(
      version: .v3, serialNumber: .init(), publicKey: .init(own.publicKey), notValidBefore: .now - 60,
      notValidAfter: .now + 3_600, issuer: name, subject: DistinguishedName { subject },
      signatureAlgorithm: .ecdsaWithSHA256,
      extensions: .init {
        Critical(BasicConstraints.notCertificateAuthority)
        Critical(KeyUsage(digitalSignature: true))
        try ExtendedKeyUsage([usage])
        names
      }, issuerPrivateKey: .init(key))
    return Identity(certificate: certificate, key: own)
  }
}

extension Certificate {
  /// The same certificate as NIOSSL takes it.
  fileprivate var tls: NIOSSLCertificate {
    get throws {
      var serializer = DER.Serializer()
      try serializer.serialize(self)
      return try NIOSSLCertificate(bytes: serializer.serializedBytes, format: .der)
    }
  }
}
