import PKI

@testable import OSCORE

/// Two peers that know each other's credentials, and what they said.
struct EstablishedPair {
  let initiator: Initiator
  let responder: Responder
  let initiatorCredential: [UInt8]
  let responderCredential: [UInt8]
  var messages: [[UInt8]] = []

  /// Two strangers.
  init() throws {
    let (device, manager) = (AgreementKey(), AgreementKey())
    self.initiator = try Initiator(key: device)
    self.responder = try Responder(key: manager)
    self.initiatorCredential = try device.credential
    self.responderCredential = try manager.credential
  }

  /// Runs the session up to and with message `last`; the receiver of that one has not seen it yet.
  mutating func run(
    upTo last: Int, _ transfer: CredentialTransfer = .keyIdentifier, ead: [UInt8] = []
  ) throws(EDHOCError) {
    guard last > 0 else { return }
    self.messages = [try self.initiator.message1(ead: ead)]
    guard last > 1 else { return }
    try self.responder.read1(self.messages[0])
    self.messages.append(try self.responder.message2([1, 2, 3, 4], self.responderCredential, transfer, ead: ead))
    guard last > 2 else { return }
    try self.initiator.read2(self.messages[1])
    try self.initiator.verify2(self.responderCredential)
    self.messages.append(try self.initiator.message3(self.initiatorCredential, transfer, ead: ead))
    guard last > 3 else { return }
    try self.responder.read3(self.messages[2])
    try self.responder.verify3(self.initiatorCredential)
    self.messages.append(try self.responder.message4(ead: ead))
  }

  /// Gives message `number` to whom it is for, who looks for the credential it expects.
  func deliver(_ message: [UInt8], number: Int) throws(EDHOCError) {
    switch number {
    case 1: try self.responder.read1(message)
    case 2:
      try self.initiator.read2(message)
      try self.initiator.verify2(self.responderCredential)
    case 3:
      try self.responder.read3(message)
      try self.responder.verify3(self.initiatorCredential)
    default: try self.initiator.read4(message)
    }
  }
}
