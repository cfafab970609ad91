import COSE
import CoAP
import OSCORE

/// The manager's end of a fuzzed device's sessions, on the same cryptography that is none: what is asked of the device
/// has to come in a session.
final class FuzzManager {
  private var crypto = FuzzCryptography(keys: FuzzKeys(), chip: FuzzChip())
  private var responder: EDHOCResponder?
  private var context: OSCOREContext?

  var hasSession: Bool { context != nil }

  func restart() {
    responder = nil
    context = nil
  }

  /// Answers the first message.
  func message2(answering payload: Span<UInt8>) -> [UInt8]? {
    var responder = EDHOCResponder()
    var message = [UInt8](repeating: 0, count: EDHOC.maxMessageBytes)
    var credential = [UInt8](repeating: 0, count: Credential.writtenBytes)
    do {
      guard case .message1(let message1) = try EDHOCRequest(payload) else { return nil }
      try responder.readMessage1(message1, with: crypto)
      let bytes: [UInt8] = [0xC0, 0xDE]
      guard let connection = ConnectionIdentifier(bytes.span) else { return nil }
      try writeCredential(into: &credential)
      let own = try OwnCredential(credential.span, key: KeyID(rawValue: 1), transfer: .keyIdentifier)
      var span = message.mutableSpan
      let count = try responder.writeMessage2(connection, own, into: &span, with: &crypto)
      self.responder = consume responder
      return Array(message.prefix(count))
    } catch {
      return nil
    }
  }

  /// The one credential there is: everybody has the fixture's key.
  private func writeCredential(into bytes: inout [UInt8]) throws {
    let key = Array(Fixture.point.dropFirst())
    guard let raw = RawPublicKey(key.span) else { preconditionFailure("the fixture's key is one") }
    var room = bytes.mutableSpan
    try Credential.write(raw, into: &room, with: crypto)
  }

  /// Takes the request that completes the handshake.
  func complete(_ frame: [UInt8]) {
    var secret = [UInt8](repeating: 0, count: EDHOC.masterSecretBytes)
    var salt = [UInt8](repeating: 0, count: EDHOC.masterSaltBytes)
    var credential = [UInt8](repeating: 0, count: Credential.writtenBytes)
    do {
      let message = try Message.parse(frame.span)
      let message3 = try CombinedRequest.message3(of: message, in: frame.span)
      guard let identity = try responder?.readMessage3(frame.span.extracting(message3), with: &crypto) else { return }
      switch identity {
      case .value: try responder?.verifyMessage3(with: &crypto)
      case .keyIdentifier:
        try writeCredential(into: &credential)
        try responder?.verifyMessage3(credential.span, with: &crypto)
      }
      var secretRoom = secret.mutableSpan
      var saltRoom = salt.mutableSpan
      try responder?.exportOSCORE(secret: &secretRoom, salt: &saltRoom, with: crypto)
      guard let own = responder?.responderIdentifier, let device = responder?.initiatorIdentifier else { return }
      context = try OSCOREContext(
        masterSecret: secret.span, masterSalt: salt.span, senderID: device, recipientID: own, with: crypto)
    } catch {
      return
    }
  }

  /// Protects a request; nil without a session.
  func protect(_ request: [UInt8]) -> (frame: [UInt8], binding: RequestBinding)? {
    var frame = request + [UInt8](repeating: 0, count: OSCOREContext.maxOverheadBytes)
    let count = request.count
    var span = frame.mutableSpan
    guard let made = try? context?.protectRequest(&span, count: count, with: &crypto) else { return nil }
    return (Array(frame.prefix(made.count)), made.binding)
  }

  /// Unprotects an answer and returns the plain frame.
  func open(_ answer: [UInt8], to binding: RequestBinding) -> [UInt8]? {
    var frame = answer
    var span = frame.mutableSpan
    guard let count = try? context?.unprotectResponse(&span, count: answer.count, answering: binding, with: &crypto)
    else { return nil }
    return Array(frame.prefix(count))
  }
}
