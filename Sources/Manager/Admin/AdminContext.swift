import Hummingbird
import NIOCore
import NIOSSL
import PKI
import SwiftASN1
import X509

/// What is known of an admin request: who asks, by the client certificate that TLS demanded and verified.
struct AdminContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel
  /// What the log and the answer's `X-Request-Id` call this request.
  let requestID = TransactionID.random().hexadecimal

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
  }

  /// Short bodies only: a request for signing is the longest.
  var maxUploadSize: Int { 16 * 1024 }

  /// The administrator's name: the certificate's CN.
  ///
  /// - Throws: ``ManagerError`` with code `forbidden` when there is none.
  func administrator() async throws -> Actor {
    guard let peer = try await channel.nioSSL_peerCertificate().get(),
      let certificate = try? Certificate(derEncoded: try peer.toDERBytes()), let name = certificate.commonName
    else { throw ManagerError(.forbidden, "The connection has no administrator's certificate.") }
    return .administrator(name)
  }

  /// - Throws: ``ManagerError`` with code `invalid` when the path's parameter is no device id.
  func deviceID() throws -> DeviceID { try DeviceID(parameters.get("id") ?? "") }
}

extension Certificate {
  /// The value of the subject's CN, if it has one.
  var commonName: String? {
    for part in subject {
      for attribute in part where attribute.type == .RDNAttributeType.commonName {
        if let text = String(attribute.value) { return text }
      }
    }
    return nil
  }
}
