import COSE
import CoAP
public import OSCORE
public import PKI

/// The manager's end of a device's sessions, for tests of devices: the same modules on swift-crypto. It believes any
/// device. Frames go in and out as bytes.
public final class ManagerEnd {
  private static let keyID = KeyID(rawValue: 1)
  /// x and y of the manager's EDHOC key.
  public let publicKey: [UInt8]
  /// The last device that completed a handshake, by its key.
  public private(set) var devicePublicKey: [UInt8]?
  /// Whether the third message had the device's credential whole.
  public private(set) var gotCredentialByValue = false
  /// Handshakes that were completed.
  public private(set) var sessions = 0
  /// Every identity but those by value is unknown.
  public var knowsNoNames = false

  private var crypto = HostCryptography()
  private let credential: [UInt8]
  private var responder: EDHOCResponder?
  private var context: OSCOREContext?

  /// - Parameter devicePublicKey: of a device that it knows, and takes by name.
  public init(key: AgreementKey = AgreementKey(), knowing devicePublicKey: [UInt8]? = nil) throws {
    self.devicePublicKey = devicePublicKey
    try crypto.add(key, as: Self.keyID)
    let coordinates = key.coordinates
    publicKey = coordinates
    guard let raw = RawPublicKey(coordinates.span) else { throw EDHOCError.credential }
    var bytes = [UInt8](repeating: 0, count: Credential.writtenBytes)
    var span = bytes.mutableSpan
    try Credential.write(raw, into: &span, with: crypto)
    credential = bytes
  }

  public var hasSession: Bool { context != nil }

  /// Forgets everything, as a manager does that was restarted.
  public func restart() {
    responder = nil
    context = nil
  }

  /// Answers `POST /.well-known/edhoc` with the second message.
  public func answerGreeting(_ payload: [UInt8]) throws -> [UInt8] {
    var responder = EDHOCResponder()
    guard case .message1(let message1) = try EDHOCRequest(payload.span) else { throw EDHOCError.malformed }
    try responder.readMessage1(message1, with: crypto)
    let connection: [UInt8] = [0xC0, 0xDE, 0, UInt8(truncatingIfNeeded: sessions)]
    guard let identifier = ConnectionIdentifier(connection.span) else { throw EDHOCError.connectionIdentifier }
    var message2 = [UInt8](repeating: 0, count: EDHOC.maxMessageBytes)
    var span = message2.mutableSpan
    let credential = credential
    let own = try OwnCredential(credential.span, key: Self.keyID, transfer: .keyIdentifier)
    let count = try responder.writeMessage2(identifier, own, into: &span, with: &crypto)
    self.responder = consume responder
    return Array(message2.prefix(count))
  }

  /// Unprotects a request of the device's; one with a third message begins the session.
  public func open(request frame: [UInt8]) throws -> (frame: [UInt8], binding: RequestBinding) {
    var frame = frame
    let message = try Message.parse(frame.span)
    let isCombined = CombinedRequest.isCombined(message, in: frame.span)
    if isCombined {
      let message3 = try CombinedRequest.message3(of: message, in: frame.span)
      try complete(Array(frame[message3]))
    }
    let all = frame.count
    var span = frame.mutableSpan
    let request =
      isCombined
      ? try context?.unprotectCombinedRequest(&span, count: all, with: &crypto)
      : try context?.unprotectRequest(&span, count: all, with: &crypto)
    guard let request else { throw OSCOREError.unknownContext }
    return (Array(frame.prefix(request.count)), request.binding)
  }

  private func complete(_ message3: [UInt8]) throws {
    guard case .some(let identity) = try responder?.readMessage3(message3.span, with: &crypto) else {
      throw EDHOCError.wrongStep
    }
    switch identity {
    case .value(let key):
      try responder?.verifyMessage3(with: &crypto)
      gotCredentialByValue = true
      devicePublicKey = (0..<64).map { key[$0] }
    case .keyIdentifier:
      guard !knowsNoNames, let devicePublicKey, let key = RawPublicKey(devicePublicKey.span) else {
        throw EDHOCError.credentialIdentifier
      }
      var bytes = [UInt8](repeating: 0, count: Credential.writtenBytes)
      var span = bytes.mutableSpan
      try Credential.write(key, into: &span, with: crypto)
      try responder?.verifyMessage3(bytes.span, with: &crypto)
      gotCredentialByValue = false
    }
    var secret = [UInt8](repeating: 0, count: 16)
    var salt = [UInt8](repeating: 0, count: 8)
    var secretSpan = secret.mutableSpan
    var saltSpan = salt.mutableSpan
    try responder?.exportOSCORE(secret: &secretSpan, salt: &saltSpan, with: crypto)
    guard let own = responder?.responderIdentifier, let device = responder?.initiatorIdentifier else {
      throw EDHOCError.wrongStep
    }
    context = try OSCOREContext(
      masterSecret: secret.span, masterSalt: salt.span, senderID: device, recipientID: own, with: crypto)
    responder = nil
    sessions += 1
  }

  /// Protects the answer to a request of the device's.
  public func protect(answer: [UInt8], to binding: RequestBinding) throws -> [UInt8] {
    var frame = answer + [UInt8](repeating: 0, count: OSCOREContext.maxOverheadBytes)
    var span = frame.mutableSpan
    let count = try context?.protectResponse(&span, count: answer.count, answering: binding, with: &crypto)
    return Array(frame.prefix(count ?? 0))
  }

  /// Protects a request to the device.
  public func protect(request: [UInt8]) throws -> (frame: [UInt8], binding: RequestBinding) {
    var frame = request + [UInt8](repeating: 0, count: OSCOREContext.maxOverheadBytes)
    var span = frame.mutableSpan
    guard let made = try context?.protectRequest(&span, count: request.count, with: &crypto) else {
      throw OSCOREError.unknownContext
    }
    return (Array(frame.prefix(made.count)), made.binding)
  }

  /// Unprotects the device's answer.
  public func open(answer: [UInt8], to binding: RequestBinding) throws -> [UInt8] {
    var frame = answer
    var span = frame.mutableSpan
    let count = try context?.unprotectResponse(&span, count: answer.count, answering: binding, with: &crypto)
    return Array(frame.prefix(count ?? 0))
  }
}
