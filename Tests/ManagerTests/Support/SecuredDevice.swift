import COSE
import CoAP
import CoAPStream
import OSCORE
import PKI
import Synchronization

@testable import Manager

/// A scripted device with a bootstrap key: opens sessions as initiator, and has everything it says and hears protected.
final class SecuredDevice: Sendable {
  let inner: ScriptedDevice
  /// The manager's key, as the device's trust descriptor has it.
  let manager: DeviceKey

  private final class Handshake {
    var initiator: EDHOCInitiator
    init(_ identifier: ConnectionIdentifier) { initiator = EDHOCInitiator(identifier) }
  }
  private final class Line {
    var context: OSCOREContext
    init(_ context: consuming OSCOREContext) { self.context = context }
  }
  private struct State {
    var crypto = HostCryptography()
    var handshake: Handshake?
    var line: Line?
    var binding: RequestBinding?
    /// Which Echo it wants to see with what changes it; none for no demand.
    var echo: [UInt8]?
    var echoesSeen = 0
    /// Whether no request arrives in time.
    var isImpatient = false
  }
  private let state = Mutex(State())

  static let keyID = KeyID(rawValue: 0x1000)

  convenience init(_ id: String, manager: AgreementKey, bootstrap: AgreementKey = AgreementKey()) throws {
    try self.init(try ScriptedDevice(id, bootstrap: bootstrap), manager: DeviceKey(manager.coordinates)!)
  }

  init(_ inner: ScriptedDevice, manager: DeviceKey) throws {
    self.inner = inner
    self.manager = manager
    let bootstrap = inner.bootstrap
    try state.withLock { try $0.crypto.add(bootstrap, as: Self.keyID) }
  }

  var bootstrap: AgreementKey { inner.bootstrap }
  var key: DeviceKey { inner.key }
  var hasSession: Bool { state.withLock { $0.line != nil } }
  var line: String { inner.id.text.lowercased() }
  var echoesSeen: Int { state.withLock { $0.echoesSeen } }
  func demandEcho(_ value: [UInt8]) { state.withLock { $0.echo = value } }
  /// As if every request came too late for the Echo it brings.
  func findEveryEchoStale() { state.withLock { $0.isImpatient = true } }

  /// `POST /.well-known/edhoc` with message 1.
  func message1() throws -> CoAPMessage {
    let payload: [UInt8] = try state.withLock { state in
      let identifier: [UInt8] = [0x05]
      let handshake = Handshake(ConnectionIdentifier(identifier.span)!)
      state.handshake = handshake
      var message = [UInt8](repeating: 0, count: EDHOC.maxMessageBytes)
      var span = message.mutableSpan
      let count = try handshake.initiator.writeMessage1(into: &span, with: &state.crypto)
      return [0xF5] + message.prefix(count)
    }
    return .request(.post, ".well-known/edhoc", contentFormat: .cidEdhoc, payload: payload)
  }

  /// Takes message 2 and makes message 3; from here on there is a context.
  func message3(_ answer: CoAPMessage, by transfer: CredentialTransfer) throws -> [UInt8] {
    try state.withLock { state in
      guard let handshake = state.handshake else { throw Unexpected(answer) }
      guard answer.code == .changed else { throw Unexpected(answer) }
      let payload = answer.payload
      let trusted = manager.credential!
      _ = try handshake.initiator.readMessage2(payload.span, with: &state.crypto)
      try handshake.initiator.verifyMessage2(trusted.span, with: &state.crypto)
      let credential = key.credential!
      let own = try OwnCredential(credential.span, key: Self.keyID, transfer: transfer)
      var message = [UInt8](repeating: 0, count: EDHOC.maxMessageBytes)
      var span = message.mutableSpan
      let count = try handshake.initiator.writeMessage3(own, into: &span, with: &state.crypto)
      var secret = [UInt8](repeating: 0, count: 16)
      var salt = [UInt8](repeating: 0, count: 8)
      var secretSpan = secret.mutableSpan
      var saltSpan = salt.mutableSpan
      try handshake.initiator.exportOSCORE(secret: &secretSpan, salt: &saltSpan, with: state.crypto)
      state.line = Line(
        try OSCOREContext(
          masterSecret: secret.span, masterSalt: salt.span, senderID: handshake.initiator.responderIdentifier,
          recipientID: handshake.initiator.initiatorIdentifier, with: state.crypto))
      return Array(message.prefix(count))
    }
  }

  /// The identifier the manager chose, with its head in front, as it stands in front of a message 3 that goes alone.
  var responderPrefix: [UInt8] {
    state.withLock { state in
      let identifier = state.handshake!.initiator.responderIdentifier
      return [0x40 | UInt8(identifier.count)] + (0..<identifier.count).map { identifier.bytes[$0] }
    }
  }

  func readMessage4(_ answer: CoAPMessage) throws {
    let payload = answer.payload
    try state.withLock { state in
      let handshake = state.handshake!
      try handshake.initiator.readMessage4(payload.span, with: &state.crypto)
    }
  }

  /// Protects a request, with message 3 in front of it if there is one.
  func protect(_ request: CoAPMessage, message3: [UInt8]? = nil) throws -> CoAPMessage {
    let frame = try request.serialized()
    let bytes: [UInt8] = try state.withLock { state in
      var buffer = frame + [UInt8](repeating: 0, count: 256)
      var span = buffer.mutableSpan
      let line = state.line!
      let bound: BoundRequest
      if let message3 {
        bound = try line.context.protectCombinedRequest(
          &span, count: frame.count, message3: message3.span, with: &state.crypto)
      } else {
        bound = try line.context.protectRequest(&span, count: frame.count, with: &state.crypto)
      }
      state.binding = bound.binding
      return Array(buffer.prefix(bound.count))
    }
    return try CoAPMessage(parsing: bytes)
  }

  func open(_ answer: CoAPMessage) throws -> CoAPMessage {
    guard answer.value(of: .oscore) != nil else { throw Unexpected(answer) }
    let frame = try answer.serialized()
    let bytes: [UInt8] = try state.withLock { state in
      var buffer = frame
      var span = buffer.mutableSpan
      let line = state.line!
      let length = try line.context.unprotectResponse(
        &span, count: frame.count, answering: state.binding!, with: &state.crypto)
      return Array(buffer.prefix(length))
    }
    return try CoAPMessage(parsing: bytes)
  }

  /// Answers a protected request of the manager; an unprotected one gets 4.01.
  func answer(_ request: CoAPMessage) throws -> CoAPMessage {
    guard request.value(of: .oscore) != nil else { return .response(.unauthorized) }
    let sealed = try request.serialized()
    let (plain, binding): ([UInt8], RequestBinding) = try state.withLock { state in
      var buffer = sealed
      var span = buffer.mutableSpan
      let line = state.line!
      let bound = try line.context.unprotectRequest(&span, count: sealed.count, with: &state.crypto)
      return (Array(buffer.prefix(bound.count)), bound.binding)
    }
    let message = try CoAPMessage(parsing: plain)
    let wanted = state.withLock { state in
      if state.isImpatient { state.echo = state.echo?.map { $0 &+ 1 } }
      return state.echo
    }
    var response: CoAPMessage
    if let wanted, message.code != .get, message.value(of: .echo) != wanted {
      response = .response(.unauthorized)
      response.add(.echo, wanted)
    } else {
      if message.value(of: .echo) != nil { state.withLock { $0.echoesSeen += 1 } }
      response = try inner.answer(message)
    }
    let frame = try response.serialized()
    let bytes: [UInt8] = try state.withLock { state in
      var buffer = frame + [UInt8](repeating: 0, count: 64)
      var span = buffer.mutableSpan
      let line = state.line!
      let length = try line.context.protectResponse(
        &span, count: frame.count, answering: binding, with: &state.crypto)
      return Array(buffer.prefix(length))
    }
    return try CoAPMessage(parsing: bytes)
  }

  /// An answer that a test did not foresee.
  struct Unexpected: Error, CustomStringConvertible {
    let description: String
    init(_ answer: CoAPMessage) { description = "\(answer.code.text) \(answer.payload.hexadecimal)" }
  }
}

extension FrontDesk {
  /// Opens a session for a device with its `/register` in the same message.
  ///
  /// - Returns: what the manager answers to that, opened.
  func begin(
    _ device: SecuredDevice, by transfer: CredentialTransfer = .value, line: String? = nil, from gateway: String = "g"
  ) async throws -> CoAPMessage {
    let line = line ?? device.line
    let message2 = await answer(try device.message1().from(line), from: gateway)
    let message3 = try device.message3(message2, by: transfer)
    let combined = try device.protect(try device.inner.registration(), message3: message3)
    return try device.open(await answer(combined.from(line), from: gateway))
  }

  /// Sends a protected request and opens the answer.
  func ask(_ device: SecuredDevice, _ request: CoAPMessage, from gateway: String = "g") async throws -> CoAPMessage {
    try device.open(await answer(try device.protect(request).from(device.line), from: gateway))
  }
}

extension FrontDesk {
  /// As if the message had come in the session of this key.
  func answer(_ request: CoAPMessage, from gateway: String, as key: DeviceKey) async -> CoAPMessage {
    guard let line = request.string(.musterLine), NameRule.allowsLabel(line) else {
      return await answer(request, from: gateway)
    }
    return await desk.answer(request, over: Route(gateway: gateway, line: line), key: key)
  }
}
