import Crypto

/// Decides which gateway a certificate belongs to, if to any.
struct GatewayGate: Sendable {
  let store: any Store

  /// - Parameter certificate: the one that TLS verified, DER.
  /// - Returns: the gateway's name, the certificate's id, and whether it is the next one, shown for the first time.
  /// - Throws: ``ManagerError`` with code `forbidden`.
  func admit(_ certificate: [UInt8]) async throws -> (name: String, certificate: CertificateID, isNext: Bool) {
    let id = CertificateID(sha256: Array(SHA256.hash(data: certificate)))
    guard let record = try await store.certificate(id), case .gateway(let name) = record.holder else {
      throw ManagerError(.forbidden, "The certificate is not a gateway's that was enrolled here.")
    }
    guard let gateway = try await store.gateway(name), gateway.state == .active else {
      throw ManagerError(.forbidden, "Gateway '\(name)' is revoked.")
    }
    let isNext = gateway.nextCertificateID == id && record.state == .issued
    guard isNext || gateway.certificateID == id && record.state == .active else {
      throw ManagerError(.forbidden, "The certificate of gateway '\(name)' is not the one in force.")
    }
    return (name, id, isNext)
  }
}
