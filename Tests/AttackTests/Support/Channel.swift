import CoAPStream
import OSCORE

/// One end of a session: messages in, frames out, and the other way round.
class Channel {
  /// Nil for the old, unprotected path.
  var identifier: [UInt8]? { nil }

  func protect(
    request: CoAPMessage, message3: [UInt8] = []
  ) throws -> (frame: [UInt8], binding: RequestBinding?) { (try request.serialized(), nil) }

  func unprotect(
    request frame: [UInt8], isCombined: Bool = false
  ) throws -> (message: CoAPMessage, binding: RequestBinding?) { (try CoAPMessage(parsing: frame), nil) }

  func protect(response: CoAPMessage, answering binding: RequestBinding?) throws -> [UInt8] {
    try response.serialized()
  }

  func unprotect(response frame: [UInt8], answering binding: RequestBinding?) throws -> CoAPMessage {
    try CoAPMessage(parsing: frame)
  }
}

/// A session under OSCORE.
final class ProtectedChannel: Channel {
  /// What EDHOC left behind.
  struct Keys {
    let secret: [UInt8]
    let salt: [UInt8]
    let sender: ConnectionIdentifier
    let recipient: ConnectionIdentifier
  }

  private var context: OSCOREContext
  private let keys: Keys
  private var crypto: AttackCryptography
  private let forgets: Bool

  init(_ keys: Keys, crypto: AttackCryptography, weaknesses: Set<Weakness>) throws {
    context = try Self.context(keys, crypto)
    self.keys = keys
    self.crypto = crypto
    forgets = weaknesses.contains(.forgetsNumbers)
  }

  override var identifier: [UInt8]? { keys.recipient.array }

  private static func context(_ keys: Keys, _ crypto: AttackCryptography) throws -> OSCOREContext {
    try OSCOREContext(
      masterSecret: keys.secret.span, masterSalt: keys.salt.span, senderID: keys.sender, recipientID: keys.recipient,
      with: crypto)
  }

  override func protect(
    request: CoAPMessage, message3: [UInt8] = []
  ) throws -> (frame: [UInt8], binding: RequestBinding?) {
    var (buffer, count) = try room(for: request)
    var span = buffer.mutableSpan
    let bound =
      message3.isEmpty
      ? try context.protectRequest(&span, count: count, with: &crypto)
      : try context.protectCombinedRequest(&span, count: count, message3: message3.span, with: &crypto)
    count = bound.count
    return (Array(buffer[..<count]), bound.binding)
  }

  override func unprotect(
    request frame: [UInt8], isCombined: Bool = false
  ) throws -> (message: CoAPMessage, binding: RequestBinding?) {
    var buffer = frame
    var span = buffer.mutableSpan
    let bound =
      isCombined
      ? try context.unprotectCombinedRequest(&span, count: frame.count, with: &crypto)
      : try context.unprotectRequest(&span, count: frame.count, with: &crypto)
    let message = try CoAPMessage(parsing: Array(buffer[..<bound.count]))
    if forgets { context = try Self.context(keys, crypto) }
    return (message, bound.binding)
  }

  override func protect(response: CoAPMessage, answering binding: RequestBinding?) throws -> [UInt8] {
    guard let binding else { throw AttackError.setup }
    var (buffer, count) = try room(for: response)
    var span = buffer.mutableSpan
    count = try context.protectResponse(&span, count: count, answering: binding, with: &crypto)
    return Array(buffer[..<count])
  }

  override func unprotect(response frame: [UInt8], answering binding: RequestBinding?) throws -> CoAPMessage {
    guard let binding else { throw AttackError.setup }
    var buffer = frame
    var span = buffer.mutableSpan
    let count = try context.unprotectResponse(&span, count: frame.count, answering: binding, with: &crypto)
    return try CoAPMessage(parsing: Array(buffer[..<count]))
  }

  private func room(for message: CoAPMessage) throws -> (buffer: [UInt8], count: Int) {
    let frame = try message.serialized()
    return (frame + [UInt8](repeating: 0, count: 512), frame.count)
  }
}
