import CoAP
import CoAPStream
import OSCORE
import PKI
import X509

/// A device as the protocol has it: EDHOC as initiator, everything else under OSCORE, commands with a fresh Echo only.
///
/// It is made of the OSCORE module and of nothing that the product's device adds, so that what falls or stands here is the
/// protocol.
final class ModelDevice {
  /// A command that was obeyed, by what makes it unlike every other.
  struct Command: Hashable {
    let path: String
    /// The manager numbers its tries.
    let number: String
  }

  let serialNumber: String
  let bootstrap: Party
  let identity = SigningKey()
  let anchor: Authority
  let managerCredential: [UInt8]
  let weaknesses: Set<Weakness>
  var crypto: AttackCryptography

  /// What is to go out.
  var outbox: [[UInt8]] = []
  /// What it obeyed, in order, and when.
  private(set) var obeyed: [(command: Command, at: UInt64)] = []
  var certificate: Certificate?
  /// Sessions whose keys were made.
  var sessions = 0
  /// The errors that a person at the device would find.
  var troubles: [String] = []

  var handshake = EDHOCInitiator(ConnectionIdentifier())
  var channel: Channel?
  /// A session that the manager has not confirmed yet; the one before it serves until then.
  var candidate: Channel?
  var pending: Pending?
  var wantsSession = true
  var failures = 0
  var nextTry: UInt64 = 0
  var isReported = false
  private var counter = 0
  /// All that it ever said to its manager, each message unlike the others.
  private(set) var said: Set<String> = []

  struct Pending {
    enum Kind { case message1, protected(RequestBinding?, Channel, path: String) }
    let token: Token
    let sentAt: UInt64
    let kind: Kind
  }

  init(
    _ serialNumber: String, manager: Party, authority: Authority, weaknesses: Set<Weakness> = [],
    bootstrap: Party? = nil
  ) throws {
    self.serialNumber = serialNumber
    self.bootstrap = try bootstrap ?? Party()
    self.anchor = authority
    self.managerCredential = manager.credential
    self.weaknesses = weaknesses
    crypto = try self.bootstrap.cryptography(weaknesses)
    if weaknesses.contains(.unprotected) { channel = Channel() }
  }

  /// When it has something to do without being spoken to, in milliseconds.
  var deadline: UInt64? {
    if let pending { return pending.sentAt + 10_000 }
    if failures > 0, weaknesses.contains(.withoutRetry) { return nil }
    return isReported && !wantsSession ? nil : nextTry
  }

  func receive(_ frame: [UInt8], now: UInt64) throws {
    guard let message = try? CoAPMessage(parsing: frame) else { return }
    if message.code.isRequest {
      try answer(message, frame: frame, now: now)
    } else if message.code.isResponse {
      try hear(message, frame: frame, now: now)
    }
  }

  func advance(now: UInt64) throws {
    if let pending, now >= pending.sentAt + 10_000 {
      self.pending = nil
      // A session that nobody answers on may be known to nobody else.
      fail(now: now)
    }
    guard pending == nil, now >= nextTry, deadline != nil else { return }
    if weaknesses.contains(.unprotected) || (channel != nil && !wantsSession) {
      guard let channel else { return }
      if certificate != nil {
        try ask(report(), on: channel, now: now)
      } else {
        try ask(registration(), on: channel, now: now)
        nextTry = now + 10_000
      }
    } else {
      try startHandshake(now: now)
    }
  }

  func registration() -> CoAPMessage {
    .request(.post, "register", payload: Array("\(serialNumber);\(count())".utf8))
  }

  private func report() -> CoAPMessage {
    let serial = certificate?.serialNumber.hexadecimal ?? ""
    return .request(.post, "report", payload: Array("\(serialNumber);\(serial);\(count())".utf8))
  }

  private func count() -> Int {
    counter += 1
    return counter
  }

  func token() -> Token {
    Token([UInt8(truncatingIfNeeded: count())].span) ?? Token()
  }

  func ask(_ request: CoAPMessage, on channel: Channel, message3: [UInt8] = [], now: UInt64) throws {
    var request = request
    request.token = token()
    said.insert(String(decoding: request.payload, as: UTF8.self))
    let protected = try channel.protect(request: request, message3: message3)
    pending = Pending(
      token: request.token, sentAt: now,
      kind: .protected(protected.binding, channel, path: request.uriPath.joined(separator: "/")))
    outbox.append(protected.frame)
  }

  func fail(now: UInt64) {
    failures += 1
    candidate = nil
    wantsSession = !weaknesses.contains(.unprotected)
    nextTry = now + 1_000 * (1 << UInt64(min(failures - 1, 6)))
  }

  func note(_ command: Command, at now: UInt64) { obeyed.append((command, now)) }
}
