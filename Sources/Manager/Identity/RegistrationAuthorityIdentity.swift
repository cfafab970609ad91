import PKI
import Synchronization
import X509

/// The key and certificate that orders are signed with, as soon as there are any. Renewal puts new ones in their place.
final class RegistrationAuthorityIdentity: Sendable {
  private let state = Mutex<(key: SigningKey, certificate: Certificate)?>(nil)

  var current: (key: SigningKey, certificate: Certificate)? { state.withLock { $0 } }

  func replace(key: SigningKey, certificate: Certificate) {
    state.withLock { $0 = (key, certificate) }
  }
}
