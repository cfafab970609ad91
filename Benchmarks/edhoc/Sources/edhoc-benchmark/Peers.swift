import COSE
import OSCORE
import PKI

/// A device and a manager that run one handshake after another; only the manager's work is timed.
struct Peers {
  private static let key = KeyID(rawValue: 0x1000)

  private var device = HostCryptography()
  private var manager = HostCryptography()
  private let deviceCredential: [UInt8]
  private let managerCredential: [UInt8]
  private let deviceIdentifier: ConnectionIdentifier
  private let managerIdentifier: ConnectionIdentifier
  /// The x of the device's key, and of another one in the place of its ephemeral key.
  private let staticX: [UInt8]
  private let ephemeralX: [UInt8]

  init() throws {
    let (deviceKey, managerKey) = (AgreementKey(), AgreementKey())
    try self.device.add(deviceKey, as: Self.key)
    try self.manager.add(managerKey, as: Self.key)
    self.deviceCredential = try Self.credential(deviceKey)
    self.managerCredential = try Self.credential(managerKey)
    self.staticX = Array(deviceKey.coordinates[..<32])
    self.ephemeralX = Array(AgreementKey().coordinates[..<32])
    let (one, four): ([UInt8], [UInt8]) = ([5], [1, 2, 3, 4])
    self.deviceIdentifier = ConnectionIdentifier(one.span) ?? ConnectionIdentifier()
    self.managerIdentifier = ConnectionIdentifier(four.span) ?? ConnectionIdentifier()
  }

  /// One handshake by reference, up to the keys that OSCORE gets of it.
  mutating func handshake(timing stopwatch: inout Stopwatch) throws(EDHOCError) {
    var initiator = EDHOCInitiator(self.deviceIdentifier)
    var responder = EDHOCResponder()
    var message = [UInt8](repeating: 0, count: EDHOC.maxMessageBytes)
    // Apart from `self`: spans of them are held while the cryptography, which is in it too, is at work.
    let (deviceCredential, managerCredential) = (self.deviceCredential, self.managerCredential)

    var buffer = message.mutableSpan
    var count = try initiator.writeMessage1(into: &buffer, with: &self.device)
    var start = Stopwatch.now()
    try responder.readMessage1(buffer.span.extracting(0..<count), with: self.manager)
    let own = try OwnCredential(managerCredential.span, key: Self.key, transfer: .keyIdentifier)
    count = try responder.writeMessage2(self.managerIdentifier, own, into: &buffer, with: &self.manager)
    stopwatch.add(since: start)

    _ = try initiator.readMessage2(buffer.span.extracting(0..<count), with: &self.device)
    try initiator.verifyMessage2(managerCredential.span, with: &self.device)
    let proof = try OwnCredential(deviceCredential.span, key: Self.key, transfer: .keyIdentifier)
    count = try initiator.writeMessage3(proof, into: &buffer, with: &self.device)

    var secret = InlineArray<16, UInt8>(repeating: 0)
    var salt = InlineArray<8, UInt8>(repeating: 0)
    var secretBytes = secret.mutableSpan
    var saltBytes = salt.mutableSpan
    start = Stopwatch.now()
    _ = try responder.readMessage3(buffer.span.extracting(0..<count), with: &self.manager)
    try responder.verifyMessage3(deviceCredential.span, with: &self.manager)
    try responder.exportOSCORE(secret: &secretBytes, salt: &saltBytes, with: self.manager)
    responder.end(with: &self.manager)
    stopwatch.add(since: start)
    initiator.end(with: &self.device)
  }

  /// What a responder needs of the curve in one handshake: a key pair and three agreements.
  mutating func curveOperations(timing stopwatch: inout Stopwatch) throws(CryptoError) {
    var point = InlineArray<65, UInt8>(repeating: 0)
    var secret = InlineArray<32, UInt8>(repeating: 0)
    var pointBytes = point.mutableSpan
    var secretBytes = secret.mutableSpan
    let (staticX, ephemeralX) = (self.staticX, self.ephemeralX)
    let start = Stopwatch.now()
    let ephemeral = try self.manager.generateEphemeralKey()
    try self.manager.publicKey(of: ephemeral, into: &pointBytes)
    try self.manager.agree(ephemeral, peerX: ephemeralX.span, into: &secretBytes)
    try self.manager.agree(Self.key, peerX: ephemeralX.span, into: &secretBytes)
    try self.manager.agree(ephemeral, peerX: staticX.span, into: &secretBytes)
    try self.manager.destroyKey(ephemeral)
    stopwatch.add(since: start)
  }

  private static func credential(_ key: AgreementKey) throws(EDHOCError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Credential.writtenBytes)
    guard let raw = RawPublicKey(key.coordinates.span) else { throw .credential }
    var span = bytes.mutableSpan
    try Credential.write(raw, into: &span, with: HostCryptography())
    return bytes
  }
}
