import PKI
import SwiftASN1
import Synchronization
import X509

/// The key and certificate that orders are signed with, as soon as there are any. Renewal puts new ones in their place.
final class RegistrationAuthorityIdentity: Sendable {
  /// What an order takes: the issuers travel with it, so that it can be verified by whoever has the anchor alone.
  struct Signer: Sendable {
    let key: SigningKey
    let certificate: Certificate
    let issuers: [Certificate]
  }

  private let state = Mutex<Signer?>(nil)

  var current: Signer? { state.withLock { $0 } }

  func replace(key: SigningKey, certificate: Certificate, issuers: [Certificate] = []) {
    state.withLock { $0 = Signer(key: key, certificate: certificate, issuers: issuers) }
  }

  /// - Parameter record: the certificate for `key`, with its chain.
  func replace(key: SigningKey, record: CertificateRecord) throws {
    replace(
      key: key, certificate: try Certificate(derEncoded: record.der),
      issuers: try record.chain.map { try Certificate(derEncoded: $0) })
  }
}
