import Edge
import PKI
import SwiftASN1
import Synchronization
import X509

/// The key and certificate that orders are signed with, as soon as there are any, and whether the CA still takes them.
/// Renewal puts new ones in their place.
final class RegistrationAuthorityIdentity: Sendable {
  /// What an order takes: the issuers travel with it, so that it can be verified by whoever has the anchor alone.
  struct Signer: Sendable {
    let key: SigningKey
    let certificate: Certificate
    let issuers: [Certificate]
  }

  private struct State {
    var signer: Signer?
    var refusal: String?
  }
  private let state = Mutex(State())
  private let bell = Bell()

  var current: Signer? { state.withLock { $0.signer } }

  /// Why the CA takes no orders signed with the current certificate; nil as long as nothing else is known.
  var refusal: String? { state.withLock { $0.refusal } }

  /// The CA took an order signed with this certificate.
  func accepted(_ certificate: Certificate?) {
    state.withLock { state in
      if state.signer?.certificate == certificate { state.refusal = nil }
    }
  }

  /// The CA does not know the signer, or not any more. An answer to an order of the certificate before says nothing about
  /// this one.
  func refused(_ certificate: Certificate?, _ detail: String) {
    let isNew = state.withLock { state in
      guard state.signer?.certificate == certificate else { return false }
      defer { state.refusal = detail }
      return state.refusal == nil
    }
    if isNew { bell.ring() }
  }

  /// Waits, and not longer than until the CA refuses the signer. For one task only.
  func sleep(for duration: Duration, by clock: any ManagerClock) async throws {
    // A pause between two tries, which the CA's refusal of the signer ends early.
    try await bell.wait { try await clock.sleep(for: duration) }
  }

  /// Puts a certificate into use. A new one is in good standing until the CA says otherwise.
  func replace(key: SigningKey, certificate: Certificate, issuers: [Certificate] = []) {
    state.withLock { state in
      if state.signer?.certificate != certificate { state.refusal = nil }
      state.signer = Signer(key: key, certificate: certificate, issuers: issuers)
    }
  }

  /// - Parameter record: the certificate for `key`, with its chain.
  func replace(key: SigningKey, record: CertificateRecord) throws {
    replace(
      key: key, certificate: try Certificate(derEncoded: record.der),
      issuers: try record.chain.map { try Certificate(derEncoded: $0) })
  }
}
