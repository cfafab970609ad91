import CoAP
import CoAPStream
import OSCORE
import PKI

extension ModelManager {
  func serve(_ message: CoAPMessage, frame: [UInt8], line: Int) throws {
    do {
      if message.value(of: .edhoc) != nil {
        try serveCombined(message, frame: frame, line: line)
      } else if let option = message.value(of: .oscore) {
        guard let kid = try OSCOREOption.parse(option.span).kid else { throw OSCOREError.noKeyIdentifier }
        let session = sessions.first {
          weaknesses.contains(.takesLineForIdentity) ? $0.line == line : $0.channel.identifier == kid.array
        }
        guard let session else { throw OSCOREError.unknownContext }
        try serve(on: session, frame: frame, line: line)
      } else if message.uriPath == [".well-known", "edhoc"], message.payload.first == 0xF5 {
        try begin(message, line: line)
      } else if weaknesses.contains(.unprotected) {
        let session = sessions.first { $0.line == line } ?? Session(channel: Channel(), thumbprint: [], line: line)
        if !sessions.contains(where: { $0 === session }) { sessions.append(session) }
        try serve(on: session, frame: frame, line: line)
      } else {
        throw OSCOREError.notProtected
      }
    } catch let error as OSCOREError {
      outbox.append((line, try CoAPMessage(code: error.answer, token: message.token).serialized()))
    } catch is EDHOCError {
      outbox.append((line, try CoAPMessage(code: .badRequest, token: message.token).serialized()))
    }
  }

  private func begin(_ message: CoAPMessage, line: Int) throws {
    let handshake = Handshake(line: line)
    try handshake.responder.readMessage1(Array(message.payload.dropFirst()).span, with: crypto)
    var name = [UInt8](repeating: 0, count: 4)
    repeat {
      var span = name.mutableSpan
      try crypto.random(into: &span)
    } while handshakes[name] != nil && !weaknesses.contains(.constantRandomness)
    let identifier = try ConnectionIdentifier(array: name)
    let credential = credential
    let own = try OwnCredential(credential.span, key: Party.keyID, transfer: transfer)
    var message2 = [UInt8](repeating: 0, count: 256)
    var span = message2.mutableSpan
    let count = try handshake.responder.writeMessage2(identifier, own, into: &span, with: &crypto)
    handshakes[name] = handshake
    var answer = CoAPMessage.response(.changed, payload: Array(message2[..<count]))
    answer.token = message.token
    outbox.append((line, try answer.serialized()))
  }

  private func serveCombined(_ message: CoAPMessage, frame: [UInt8], line: Int) throws {
    guard let option = message.value(of: .oscore), let kid = try OSCOREOption.parse(option.span).kid,
      let handshake = handshakes.removeValue(forKey: kid.array)
    else { throw OSCOREError.unknownContext }
    let payload = try CombinedPayload(message.payload.span)
    let peer = try handshake.responder.readMessage3(payload.message3, with: &crypto)
    guard case .value(let key) = peer else { throw EDHOCError.credentialIdentifier }
    let thumbprint = try Party.thumbprint(of: key)
    try handshake.responder.verifyMessage3(with: &crypto)
    guard known[thumbprint] != nil || weaknesses.contains(.takesAnyDevice) else { throw EDHOCError.credential }
    var secret = [UInt8](repeating: 0, count: EDHOC.masterSecretBytes)
    var salt = [UInt8](repeating: 0, count: EDHOC.masterSaltBytes)
    var secretSpan = secret.mutableSpan
    var saltSpan = salt.mutableSpan
    try handshake.responder.exportOSCORE(secret: &secretSpan, salt: &saltSpan, with: crypto)
    let keys = ProtectedChannel.Keys(
      secret: secret, salt: salt, sender: handshake.responder.initiatorIdentifier,
      recipient: handshake.responder.responderIdentifier)
    handshake.responder.end(with: &crypto)
    let channel = try ProtectedChannel(keys, crypto: AttackCryptography(weaknesses), weaknesses: weaknesses)
    let session = Session(channel: channel, thumbprint: thumbprint, line: line)
    try serve(on: session, frame: frame, line: line, isCombined: true)
    // Only now is the old session of this device over: its successor is proven.
    sessions.removeAll { $0.thumbprint == thumbprint }
    sessions.append(session)
    confirmed.append((thumbprint, line))
  }
}
