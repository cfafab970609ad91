import CoAP
import CoAPStream
import OSCORE
import PKI

extension ModelDevice {
  func startHandshake(now: UInt64) throws {
    handshake.end(with: &crypto)
    // One byte that is its own integer encoding, another each time.
    handshake = EDHOCInitiator(try ConnectionIdentifier(array: [UInt8(sessions % 24)]))
    let message: [UInt8]
    do {
      message = try written(capacity: 256) { try handshake.writeMessage1(into: &$0, with: &crypto) }
    } catch {
      troubles.append("\(error)")
      return fail(now: now)
    }
    var request = CoAPMessage.request(.post, ".well-known/edhoc", payload: [0xF5] + message)
    request.token = token()
    pending = Pending(token: request.token, sentAt: now, kind: .message1)
    outbox.append(try request.serialized())
  }

  func hear(_ message: CoAPMessage, frame: [UInt8], now: UInt64) throws {
    guard let pending, pending.token == message.token else { return }
    switch pending.kind {
    case .message1:
      self.pending = nil
      guard message.code == .changed, (try? continueHandshake(message.payload, now: now)) != nil else {
        return fail(now: now)
      }
    case .protected(let binding, let channel, let path):
      if channel.identifier != nil, message.value(of: .oscore) == nil {
        // Anybody can say so: it brings on a new session at the back-off's pace, and never ends the one there is.
        guard message.code == .unauthorized else { return }
        self.pending = nil
        return fail(now: now)
      }
      guard let answer = try? channel.unprotect(response: frame, answering: binding) else { return }
      self.pending = nil
      if let candidate, candidate === channel {
        self.channel = candidate
        self.candidate = nil
        wantsSession = false
      }
      guard answer.code == .changed else { return fail(now: now) }
      failures = 0
      nextTry = now + 10_000
      if path == "report" { isReported = true }
    }
  }

  private func continueHandshake(_ message: [UInt8], now: UInt64) throws {
    let peer = try handshake.readMessage2(message.span, with: &crypto)
    switch peer {
    case .value where weaknesses.contains(.takesAnyManager):
      try handshake.verifyMessage2(with: &crypto)
    default:
      // Whatever the message says: there is one credential that the trust descriptor names.
      let expected = managerCredential
      try handshake.verifyMessage2(expected.span, with: &crypto)
    }
    let credential = bootstrap.credential
    let own = try OwnCredential(credential.span, key: Party.keyID, transfer: .value)
    var message3 = [UInt8](repeating: 0, count: 256)
    var span = message3.mutableSpan
    let count = try handshake.writeMessage3(own, into: &span, with: &crypto)
    message3.removeLast(message3.count - count)
    let (secret, salt) = try exported()
    let keys = ProtectedChannel.Keys(
      secret: secret, salt: salt, sender: handshake.responderIdentifier, recipient: handshake.initiatorIdentifier)
    handshake.end(with: &crypto)
    sessions += 1
    let made = try ProtectedChannel(keys, crypto: AttackCryptography(weaknesses), weaknesses: weaknesses)
    candidate = made
    try ask(registration(), on: made, message3: message3, now: now)
  }

  private func exported() throws -> (secret: [UInt8], salt: [UInt8]) {
    var secret = [UInt8](repeating: 0, count: EDHOC.masterSecretBytes)
    var salt = [UInt8](repeating: 0, count: EDHOC.masterSaltBytes)
    var secretSpan = secret.mutableSpan
    var saltSpan = salt.mutableSpan
    try handshake.exportOSCORE(secret: &secretSpan, salt: &saltSpan, with: crypto)
    return (secret, salt)
  }
}
