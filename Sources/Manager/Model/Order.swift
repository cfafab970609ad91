import Foundation
import PKI

/// The name of an order: its CMC transaction identifier (RFC 5272 §6.6) in lower-case hexadecimal.
struct OrderID: Hashable, Sendable, CustomStringConvertible {
  let text: String

  /// An id read back from the store.
  init(stored text: String) { self.text = text }

  /// An id that has never been used.
  static func fresh() -> OrderID { OrderID(stored: TransactionID.random().hexadecimal) }

  var description: String { text }

  /// The id as it stands in the CMC control; nil when the text is no such thing.
  var transaction: TransactionID? { [UInt8](hexadecimal: text).flatMap(TransactionID.init(bytes:)) }
}

/// Whom a certificate is for.
enum Holder: Hashable, Sendable {
  case device(DeviceID)
  case gateway(String)
  /// The manager itself, in one of its roles.
  case manager(Role)

  /// What the manager needs certificates of its own for.
  enum Role: String, Sendable, Codable, CaseIterable {
    /// Signing orders (id-kp-cmcRA, RFC 6402).
    case registrationAuthority = "ra"
    /// Being the TLS server of the gateway listener.
    case server
  }

  var kind: String {
    switch self {
    case .device: "device"
    case .gateway: "gateway"
    case .manager: "manager"
    }
  }

  var name: String {
    switch self {
    case .device(let id): id.text
    case .gateway(let name): name
    case .manager(let role): role.rawValue
    }
  }
}

/// One order of one certificate, durable before the CA hears of it.
struct Order: Sendable, Equatable {
  enum State: String, Sendable, Codable {
    /// To be sent, or sent and not answered for good.
    case open
    /// The certificate is in the store.
    case issued
    /// The CA said no, or what it issued is unfit. It is never sent again.
    case refused
  }

  var id: OrderID
  var holder: Holder
  /// The CA's profile: `device`, `gateway` or `server`.
  var profile: String
  /// SHA-256 of the key's SubjectPublicKeyInfo.
  var key: KeyDigest
  /// The PKCS#10 exactly as its maker sent it.
  var request: [UInt8]
  /// The message last sent to the CA: with `fullcmc`, the request under the manager's signature. With `local`, the
  /// TBSCertificate that was to be signed.
  var sent: [UInt8]?
  var state: State
  /// Why the CA refused it.
  var refusal: String?
  var createdAt: Date

  init(
    id: OrderID, holder: Holder, profile: String, key: KeyDigest, request: [UInt8], createdAt: Date
  ) {
    self.id = id
    self.holder = holder
    self.profile = profile
    self.key = key
    self.request = request
    self.sent = nil
    self.state = .open
    self.refusal = nil
    self.createdAt = createdAt
  }
}

/// SHA-256 of a SubjectPublicKeyInfo, in lower-case hexadecimal: how keys are told apart.
struct KeyDigest: Hashable, Sendable, CustomStringConvertible {
  let text: String
  init(stored text: String) { self.text = text }
  init(sha256 bytes: some Collection<UInt8>) { text = bytes.hexadecimal }
  var description: String { text }
}
