import COSE
import PKI

@testable import OSCORE

/// An initiator with its cryptography, taking and giving arrays.
final class Initiator {
  var session: EDHOCInitiator
  var crypto: ScriptedCryptography

  init(_ identifier: [UInt8] = [0x05], key: AgreementKey, ephemeral: [AgreementKey] = []) throws {
    self.session = EDHOCInitiator(ConnectionIdentifier(identifier.span) ?? ConnectionIdentifier())
    self.crypto = try ScriptedCryptography(own: key, ephemeral: ephemeral)
  }

  func message1(suites: [UInt8] = [2], ead: [UInt8] = [], capacity: Int = 256) throws(EDHOCError) -> [UInt8] {
    try written(capacity: capacity) { (span: inout MutableSpan<UInt8>) throws(EDHOCError) in
      try self.session.writeMessage1(suites: suites.span, ead: ead.span, into: &span, with: &self.crypto)
    }
  }

  @discardableResult
  func read2(_ message: [UInt8], understanding labels: EADLabels = .none) throws(EDHOCError) -> PeerIdentity {
    try self.session.readMessage2(message.span, understanding: labels, with: &self.crypto)
  }

  /// By the credential in the message when none is given.
  func verify2(_ credential: [UInt8]?) throws(EDHOCError) {
    if let credential {
      try self.session.verifyMessage2(credential.span, with: &self.crypto)
    } else {
      try self.session.verifyMessage2(with: &self.crypto)
    }
  }

  func message3(
    _ credential: [UInt8], _ transfer: CredentialTransfer = .keyIdentifier, ead: [UInt8] = [], capacity: Int = 256
  ) throws(EDHOCError) -> [UInt8] {
    let own = try OwnCredential(credential.span, key: ScriptedCryptography.own, transfer: transfer)
    return try written(capacity: capacity) { (span: inout MutableSpan<UInt8>) throws(EDHOCError) in
      try self.session.writeMessage3(own, ead: ead.span, into: &span, with: &self.crypto)
    }
  }

  func read4(_ message: [UInt8], understanding labels: EADLabels = .none) throws(EDHOCError) {
    try self.session.readMessage4(message.span, understanding: labels, with: &self.crypto)
  }

  func export(_ label: UInt8, _ context: [UInt8] = [], _ count: Int) throws(EDHOCError) -> [UInt8] {
    try written(capacity: count) { (span: inout MutableSpan<UInt8>) throws(EDHOCError) in
      try self.session.export(label: label, context: context.span, into: &span, with: self.crypto)
      return count
    }
  }

  func end() { self.session.end(with: &self.crypto) }

  var isComplete: Bool { self.session.isComplete }

  /// Whether neither secrets nor plaintext are left.
  var isErased: Bool { self.session.handshake.isErased }
}

/// A responder with its cryptography, taking and giving arrays.
final class Responder {
  var session = EDHOCResponder()
  var crypto: ScriptedCryptography

  init(key: AgreementKey, ephemeral: [AgreementKey] = []) throws {
    self.crypto = try ScriptedCryptography(own: key, ephemeral: ephemeral)
  }

  func read1(_ message: [UInt8], understanding labels: EADLabels = .none) throws(EDHOCError) {
    try self.session.readMessage1(message.span, understanding: labels, with: self.crypto)
  }

  func message2(
    _ identifier: [UInt8], _ credential: [UInt8], _ transfer: CredentialTransfer = .keyIdentifier,
    ead: [UInt8] = [], capacity: Int = 256
  ) throws(EDHOCError) -> [UInt8] {
    let own = try OwnCredential(credential.span, key: ScriptedCryptography.own, transfer: transfer)
    let identifier = ConnectionIdentifier(identifier.span) ?? ConnectionIdentifier()
    return try written(capacity: capacity) { (span: inout MutableSpan<UInt8>) throws(EDHOCError) in
      try self.session.writeMessage2(identifier, own, ead: ead.span, into: &span, with: &self.crypto)
    }
  }

  func message2(_ credential: [UInt8]) throws(EDHOCError) -> [UInt8] {
    try self.message2([1, 2, 3, 4], credential)
  }

  @discardableResult
  func read3(_ message: [UInt8], understanding labels: EADLabels = .none) throws(EDHOCError) -> PeerIdentity {
    try self.session.readMessage3(message.span, understanding: labels, with: &self.crypto)
  }

  /// By the credential in the message when none is given.
  func verify3(_ credential: [UInt8]?) throws(EDHOCError) {
    if let credential {
      try self.session.verifyMessage3(credential.span, with: &self.crypto)
    } else {
      try self.session.verifyMessage3(with: &self.crypto)
    }
  }

  func message4(ead: [UInt8] = [], capacity: Int = 256) throws(EDHOCError) -> [UInt8] {
    try written(capacity: capacity) { (span: inout MutableSpan<UInt8>) throws(EDHOCError) in
      try self.session.writeMessage4(ead: ead.span, into: &span, with: &self.crypto)
    }
  }

  func export(_ label: UInt8, _ context: [UInt8] = [], _ count: Int) throws(EDHOCError) -> [UInt8] {
    try written(capacity: count) { (span: inout MutableSpan<UInt8>) throws(EDHOCError) in
      try self.session.export(label: label, context: context.span, into: &span, with: self.crypto)
      return count
    }
  }

  func end() { self.session.end(with: &self.crypto) }

  var isComplete: Bool { self.session.isComplete }

  /// Whether neither secrets nor plaintext are left.
  var isErased: Bool { self.session.handshake.isErased }
}

/// What a call is refused with; nil when it is not.
func refusal(_ body: () throws(EDHOCError) -> Void) -> EDHOCError? {
  do {
    try body()
    return nil
  } catch {
    return error
  }
}

extension Handshake {
  fileprivate var isErased: Bool {
    let left =
      copy(self.schedule.secret.span) + copy(self.schedule.transcript.span) + copy(self.received.bytes.span)
      + copy(self.peerEphemeral.span)
    return left.allSatisfy { $0 == 0 } && self.ephemeral == nil
  }
}
