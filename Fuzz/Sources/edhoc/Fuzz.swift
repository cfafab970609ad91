import COSE
import OSCORE

/// The first byte says what the rest is: a message of EDHOC for the role and step that take it, a credential, or a
/// payload of CoAP. Whatever it is, nothing may trap, and nothing that a fuzzer makes may become a session.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzEDHOC(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 0 else { return 0 }
  let bytes = Array(UnsafeBufferPointer(start: data + 1, count: count - 1))
  switch data[0] & 7 {
  case 0: readMessage1(bytes)
  case 1: readMessage2(bytes)
  case 2: readMessage3(bytes)
  case 3: readMessage4(bytes)
  case 4: readCredential(bytes)
  case 5: _ = try? EDHOCErrorMessage(bytes.span)
  case 6: readPayloads(bytes)
  default: readEAD(bytes)
  }
  return 0
}

private func readMessage1(_ bytes: [UInt8]) {
  var crypto = ToyCryptography()
  var session = EDHOCResponder()
  guard (try? session.readMessage1(bytes.span, with: crypto)) != nil else { return }
  precondition(bytes.first == 3 && bytes.count <= EDHOC.maxMessageBytes)
  guard session.initiatorIdentifier != managerIdentifier else { return }
  let message = respond(&session, &crypto)
  precondition(message.count == 57 || message.isEmpty)
}

private func readMessage2(_ bytes: [UInt8]) {
  var crypto = ToyCryptography()
  var session = EDHOCInitiator(deviceIdentifier)
  var message = [UInt8](repeating: 0, count: 64)
  var span = message.mutableSpan
  guard (try? session.writeMessage1(into: &span, with: &crypto)) != nil else { preconditionFailure("message 1") }
  guard let identity = try? session.readMessage2(bytes.span, with: &crypto) else { return }
  verify(identity, &session, &crypto)
}

private func verify(_ identity: PeerIdentity, _ session: inout EDHOCInitiator, _ crypto: inout ToyCryptography) {
  // The toy's secrets are known to everybody, so that the fuzzer gets this far; a MAC of 64 bits it cannot guess.
  if case .value = identity { precondition((try? session.verifyMessage2(with: &crypto)) == nil) }
  precondition((try? session.verifyMessage2(credential.span, with: &crypto)) == nil)
}

private func readMessage3(_ bytes: [UInt8]) {
  var crypto = ToyCryptography()
  var session = EDHOCResponder()
  guard (try? session.readMessage1(message1.span, with: crypto)) != nil else { preconditionFailure("message 1") }
  precondition(respond(&session, &crypto).count == 57)
  guard let identity = try? session.readMessage3(bytes.span, with: &crypto) else { return }
  if case .value = identity { precondition((try? session.verifyMessage3(with: &crypto)) == nil) }
  precondition((try? session.verifyMessage3(credential.span, with: &crypto)) == nil && !session.isComplete)
}

/// Message 4 holds EAD only, and comes after a whole session.
private func readMessage4(_ bytes: [UInt8]) {
  var crypto = ToyCryptography()
  var device = EDHOCInitiator(deviceIdentifier)
  var manager = EDHOCResponder()
  var buffer = [UInt8](repeating: 0, count: 64)
  do throws(EDHOCError) {
    var span = buffer.mutableSpan
    let count = try device.writeMessage1(into: &span, with: &crypto)
    try manager.readMessage1(buffer.span.extracting(0..<count), with: crypto)
    let message2 = respond(&manager, &crypto)
    _ = try device.readMessage2(message2.span, with: &crypto)
    try device.verifyMessage2(credential.span, with: &crypto)
    let own = try OwnCredential(credential.span, key: KeyID(rawValue: 1), transfer: .keyIdentifier)
    span = buffer.mutableSpan
    _ = try device.writeMessage3(own, into: &span, with: &crypto)
  } catch {
    preconditionFailure("a sound session: \(error)")
  }
  let isSound = (try? device.readMessage4(bytes.span, with: &crypto)) != nil
  precondition(!isSound || bytes.count >= 9)
}

private func respond(_ session: inout EDHOCResponder, _ crypto: inout ToyCryptography) -> [UInt8] {
  var message = [UInt8](repeating: 0, count: 64)
  var span = message.mutableSpan
  guard let own = try? OwnCredential(credential.span, key: KeyID(rawValue: 1), transfer: .keyIdentifier),
    let count = try? session.writeMessage2(managerIdentifier, own, into: &span, with: &crypto)
  else { return [] }
  return Array(message[..<count])
}

/// What is taken as a credential has one encoding: its key and kid determine every byte, but for a subject.
private func readCredential(_ bytes: [UInt8]) {
  guard let read = try? Credential(bytes.span) else { return }
  precondition(read.x.count == 32 && read.y.count == 32 && read.keyIdentifier.count <= KeyIdentifier.maxBytes)
  let kidBytes = read.keyIdentifier.count
  if bytes[0] == 0xA1 { precondition(bytes.count == 79 || bytes.count == 81 + kidBytes) }
}

private func readPayloads(_ bytes: [UInt8]) {
  if let request = try? EDHOCRequest(bytes.span) {
    switch request {
    case .message1(let message): precondition(message.count == bytes.count - 1)
    case .message3(let connection, let message): precondition(message.count + connection.count <= bytes.count)
    }
  }
  if let parts = try? CombinedPayload(bytes.span) {
    precondition(parts.message3.count + parts.ciphertext.count == bytes.count && !parts.ciphertext.isEmpty)
  }
}

private func readEAD(_ bytes: [UInt8]) {
  guard var items = try? EADItems(bytes.span) else { return }
  var count = 0
  while let item = try? items.next() {
    count += 1
    precondition(item.label != 0 || !item.isCritical)
  }
  precondition(count <= bytes.count)
}
