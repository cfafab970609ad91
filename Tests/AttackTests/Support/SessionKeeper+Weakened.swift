import COSE
import CoAP
import CoAPStream
import PKI

@testable import Manager
@testable import OSCORE

// What the session keeper does, with a defence left out. The handshakes, the sessions and their keys are its own.
extension SessionKeeper {
  /// As `open`, with a cryptography that ignores tags, or a window that is emptied after each message.
  func openWeakly(
    _ request: CoAPMessage, over route: Route, _ weaknesses: Set<Weakness>
  ) async throws -> Opened {
    let option = request.value(of: .oscore) ?? []
    guard let kid = try OSCOREOption.parse(option.span).kid else { throw OSCOREError.noKeyIdentifier }
    let isCombined = request.value(of: .edhoc) != nil
    if isCombined {
      let payload = request.payload
      let count = try CombinedPayload(payload.span).message3.count
      try await finish(kid, Array(payload.prefix(count)), over: route).end()
    }
    guard let session = sessions[kid] else { throw OSCOREError.unknownContext }
    var crypto = AttackCryptography(weaknesses)
    var frame = try request.serialized()
    let count = frame.count
    var span = frame.mutableSpan
    let bound =
      isCombined
      ? try session.context.unprotectCombinedRequest(&span, count: count, with: &crypto)
      : try session.context.unprotectRequest(&span, count: count, with: &crypto)
    if weaknesses.contains(.forgetsNumbers) { session.context.window = ReplayWindow() }
    return Opened(
      request: try CoAPMessage(parsing: Array(frame.prefix(bound.count))), key: session.key, session: kid,
      binding: bound.binding)
  }

  /// The same for a device's answer.
  func openWeakly(_ answer: CoAPMessage, to outgoing: Outgoing, _ weaknesses: Set<Weakness>) throws -> CoAPMessage {
    guard let session = sessions[outgoing.session], answer.value(of: .oscore) != nil else {
      throw OSCOREError.unknownContext
    }
    var crypto = AttackCryptography(weaknesses)
    var frame = try answer.serialized()
    let count = frame.count
    var span = frame.mutableSpan
    let length = try session.context.unprotectResponse(
      &span, count: count, answering: outgoing.binding, with: &crypto)
    let plain = try CoAPMessage(parsing: Array(frame.prefix(length)))
    if let echo = plain.value(of: .echo) { session.echo = echo }
    return plain
  }

  /// Answers message 1 as somebody who is not quite this manager.
  func begin(_ request: CoAPMessage, over route: Route, in guise: Guise) -> CoAPMessage {
    do {
      let payload = request.payload
      guard case .message1(let message1) = try EDHOCRequest(payload.span) else { throw EDHOCError.malformed }
      let pending = PendingHandshake(over: route, since: clock.now, crypto: keys.provider())
      try pending.responder.readMessage1(message1, with: pending.crypto)
      var crypto = AttackCryptography(guise.repeatsKeys ? [.constantRandomness] : [])
      try crypto.add(keys.current, as: ManagerKeys.keyID)
      let identifier = try ConnectionIdentifier(array: guise.identifier ?? randomBytes(4))
      let credential = guise.credential ?? keys.credential
      let own = try OwnCredential(credential.span, key: ManagerKeys.keyID, transfer: guise.transfer)
      var message2 = [UInt8](repeating: 0, count: EDHOC.maxMessageBytes)
      var span = message2.mutableSpan
      let count = try pending.responder.writeMessage2(identifier, own, into: &span, with: &crypto)
      try crypto.giveEphemeralKeys(to: &pending.crypto)
      handshakes.insert(pending, as: identifier, isEchoed: false)
      return .edhoc(Array(message2.prefix(count)))
    } catch {
      return .response(.badRequest)
    }
  }
}

/// What somebody says of himself in EDHOC's message 2, as far as it is not what the product's manager says.
struct Guise: Sendable {
  /// The credential he gives as his; nil for his own.
  var credential: [UInt8]?
  var transfer = CredentialTransfer.keyIdentifier
  /// C_R; nil for a random one.
  var identifier: [UInt8]?
  /// His ephemeral key is always the same.
  var repeatsKeys = false
}

extension ConnectionIdentifier {
  init(array: [UInt8]) throws {
    guard let identifier = ConnectionIdentifier(array.span) else { throw AttackError.setup }
    self = identifier
  }

  var array: [UInt8] { (0..<count).map { self[$0] } }
}
