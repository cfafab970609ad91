import COSE
import CoAP
import CoAPStream
import OSCORE
import PKI

extension SessionKeeper {
  /// Answers `POST /.well-known/edhoc` (RFC 9528 §A.2): message 1 by message 2, message 3 by message 4.
  func edhoc(_ request: CoAPMessage, over route: Route) async -> CoAPMessage {
    guard request.code == .post else { return .problem(.methodNotAllowed, "POST only") }
    guard request.contentFormat == nil || request.contentFormat == .cidEdhoc else {
      return .problem(.unsupportedContentFormat, "another content format")
    }
    do throws(EDHOCError) {
      switch try EDHOCPayload(request.payload) {
      case .message1(let message):
        handshakes.expire(of: route.gateway, at: clock.now)
        let isEchoed = isEchoed(request, over: route)
        guard isEchoed || !handshakes.demandsEcho(route) else {
          var answer = CoAPMessage.response(.unauthorized)
          answer.add(.echo, echo.value(for: route, at: clock.now))
          return answer
        }
        return .edhoc(try begin(message, over: route, isEchoed: isEchoed))
      case .message3(let identifier, let message):
        do {
          let pending = try await finish(identifier, message, over: route)
          defer { pending.end() }
          return try message4(of: pending)
        } catch let refusal as Refusal {
          return refusal.answer
        } catch {
          return .response(.internalServerError)
        }
      }
    } catch {
      return .edhocError(EDHOCErrorMessage(answering: error))
    }
  }

  private func isEchoed(_ request: CoAPMessage, over route: Route) -> Bool {
    request.value(of: .echo).map { echo.isFresh($0, for: route, at: clock.now) } ?? false
  }

  /// Takes message 1 and makes message 2.
  private func begin(_ message1: [UInt8], over route: Route, isEchoed: Bool) throws(EDHOCError) -> [UInt8] {
    let pending = PendingHandshake(over: route, since: clock.now, crypto: keys.provider())
    try pending.responder.readMessage1(message1.span, with: pending.crypto)
    var message2 = [UInt8](repeating: 0, count: EDHOC.maxMessageBytes)
    let credential = keys.credential
    while true {
      let identifier = freshIdentifier()
      do throws(EDHOCError) {
        let own = try OwnCredential(credential.span, key: ManagerKeys.keyID, transfer: .keyIdentifier)
        var span = message2.mutableSpan
        let count = try pending.responder.writeMessage2(identifier, own, into: &span, with: &pending.crypto)
        handshakes.insert(pending, as: identifier, isEchoed: isEchoed)
        return Array(message2.prefix(count))
      } catch {
        // It chose what we chose; that happens to nobody twice who does not want it.
        guard error == .connectionIdentifier else { throw error }
      }
    }
  }

  /// C_R: four random bytes that no session and no handshake has.
  private func freshIdentifier() -> ConnectionIdentifier {
    while true {
      let bytes = randomBytes(4)
      guard let identifier = ConnectionIdentifier(bytes.span) else { continue }
      if sessions[identifier] == nil, !handshakes.contains(identifier) { return identifier }
    }
  }

  /// Verifies message 3; the session it opens takes the place of the one that the device had.
  ///
  /// The handshake is out of the table before anything is waited for, so no message 3 is worked on twice.
  ///
  /// - Returns: the handshake, which the caller ends.
  /// - Throws: ``Refusal``: EDHOC's error message, or 4.01 when no handshake of this line has the identifier.
  func finish(
    _ identifier: ConnectionIdentifier, _ message3: [UInt8], over route: Route
  ) async throws(Refusal) -> PendingHandshake {
    guard let pending = handshakes.take(identifier, over: route) else { throw Refusal(.response(.unauthorized)) }
    let peer: PeerIdentity
    do {
      peer = try pending.responder.readMessage3(message3.span, with: &pending.crypto)
    } catch {
      pending.end()
      throw Refusal(.edhocError(EDHOCErrorMessage(answering: error)))
    }
    let key: DeviceKey
    switch peer {
    case .value(let value): key = try verify(pending, by: value)
    case .keyIdentifier(let kid): key = try await verify(pending, by: kid)
    }
    let isKnown: Bool
    do {
      isKnown = try await admit(key)
    } catch {
      pending.end()
      throw error
    }
    do {
      sessions.insert(try session(of: pending, key: key, route: route, isKnown: isKnown), as: identifier)
    } catch {
      pending.end()
      throw Refusal(.response(.internalServerError))
    }
    return pending
  }

  private func verify(_ pending: PendingHandshake, by value: RawPublicKey) throws(Refusal) -> DeviceKey {
    do {
      try pending.responder.verifyMessage3(with: &pending.crypto)
    } catch {
      pending.end()
      throw Refusal(.edhocError(EDHOCErrorMessage(answering: error)))
    }
    guard let key = DeviceKey(value) else {
      pending.end()
      throw Refusal(.response(.internalServerError))
    }
    return key
  }

  /// Every key that the identifier fits is tried; the full credential decides.
  private func verify(_ pending: PendingHandshake, by kid: KeyIdentifier) async throws(Refusal) -> DeviceKey {
    let name = (0..<kid.count).map { kid[$0] }.hexadecimal
    let candidates: [DeviceKey]
    do {
      candidates = try await store.keys(identifiedBy: name)
    } catch {
      pending.end()
      throw Refusal(.busy(seconds: 5))
    }
    for key in candidates {
      guard let credential = key.credential else { continue }
      do {
        try pending.responder.verifyMessage3(credential.span, with: &pending.crypto)
        return key
      } catch {
        guard error == .wrongMAC || error == .credential else { break }
      }
    }
    pending.end()
    // Without a candidate it is unknown, and by value it may go; one that does not fit is no device of ours.
    throw Refusal(.edhocError(candidates.isEmpty ? .unknownCredential : .unspecified))
  }

  /// Derives the context (RFC 9528 §A.1): the manager sends under C_I and receives under C_R.
  private func session(
    of pending: PendingHandshake, key: DeviceKey, route: Route, isKnown: Bool
  ) throws -> Session {
    var secret = [UInt8](repeating: 0, count: EDHOC.masterSecretBytes)
    var salt = [UInt8](repeating: 0, count: EDHOC.masterSaltBytes)
    defer {
      secret.wipe()
      salt.wipe()
    }
    do {
      var secretSpan = secret.mutableSpan
      var saltSpan = salt.mutableSpan
      try pending.responder.exportOSCORE(secret: &secretSpan, salt: &saltSpan, with: pending.crypto)
    }
    let context = try OSCOREContext(
      masterSecret: secret.span, masterSalt: salt.span, senderID: pending.responder.initiatorIdentifier,
      recipientID: pending.responder.responderIdentifier, with: pending.crypto)
    let session = Session(context: context, key: key, route: route)
    session.isKnown = isKnown
    return session
  }

  private func message4(of pending: PendingHandshake) throws -> CoAPMessage {
    var message = [UInt8](repeating: 0, count: EDHOC.maxMessageBytes)
    var span = message.mutableSpan
    let count = try pending.responder.writeMessage4(into: &span, with: &pending.crypto)
    return .edhoc(Array(message.prefix(count)))
  }
}

/// What a request to EDHOC's resource holds, as values that outlive its payload.
private enum EDHOCPayload {
  case message1([UInt8])
  case message3(ConnectionIdentifier, [UInt8])

  init(_ payload: [UInt8]) throws(EDHOCError) {
    switch try EDHOCRequest(payload.span) {
    case .message1(let message): self = .message1(Array(span: message))
    case .message3(let identifier, let message): self = .message3(identifier, Array(span: message))
    }
  }
}

extension CoAPMessage {
  static func edhoc(_ message: [UInt8]) -> CoAPMessage {
    .response(.changed, contentFormat: .edhoc, payload: message)
  }

  /// An error message of EDHOC goes with an error code of CoAP (RFC 9528 §A.2.3).
  static func edhocError(_ error: EDHOCErrorMessage) -> CoAPMessage {
    var bytes = [UInt8](repeating: 0, count: EDHOCErrorMessage.maxBytes)
    var span = bytes.mutableSpan
    let count = (try? error.write(into: &span)) ?? 0
    return .response(.badRequest, contentFormat: .edhoc, payload: Array(bytes.prefix(count)))
  }
}
