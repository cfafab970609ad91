import PKI
import X509

/// A certification authority that issues what the manager orders: one connector a file.
///
/// Sending is split in two, because what is sent must be on disk before it goes.
protocol CertificateAuthority: Sendable {
  /// The message that orders this, fresh for every try.
  ///
  /// - Throws: ``ManagerError`` when nothing can be ordered now.
  func prepare(_ order: Order) async throws -> PreparedOrder

  /// Sends it and takes the answer. It does not throw: whatever goes wrong is an answer of its own.
  func send(_ prepared: PreparedOrder) async -> AuthorityAnswer
}

/// A message to a CA, ready to go.
struct PreparedOrder: Sendable {
  let order: Order
  /// The message itself, or with `local` the TBSCertificate: kept as evidence of what the manager signed.
  let message: [UInt8]
  /// What the answer has to fit; nil when there is nobody to answer.
  var request: CMCRequest?
  /// Whose certificate it is signed with, if it is signed.
  var signer: Certificate?
}

/// A CA's answer to an order.
enum AuthorityAnswer: Sendable, Equatable {
  case issued(IssuedCertificate)
  /// Not now: not reachable, too busy, or still at it. The same order is to be sent again.
  case later(atLeast: Duration, String)
  /// Not from this manager: its registration authority's certificate is revoked, expired or unknown there. The order stays
  /// as it is; it goes on when the manager is enrolled again.
  case disowned(String)
  /// Never: the order is over.
  case refused(String)
}

/// A certificate from a CA, with its path to the anchor.
struct IssuedCertificate: Sendable, Equatable {
  let certificate: Certificate
  /// From its issuer up, without the anchor.
  let issuers: [Certificate]
}
