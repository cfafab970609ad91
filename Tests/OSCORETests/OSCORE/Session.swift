import COSE
import CoAP
import PKI

@testable import OSCORE

/// One end of a session, for tests: frames go in and come out as arrays.
struct Endpoint: ~Copyable {
  var context: OSCOREContext
  private var crypto = HostCryptography()

  init(
    secret: [UInt8] = Array(1...16), salt: [UInt8] = Array(1...8), sender: [UInt8], recipient: [UInt8],
    idContext: [UInt8]? = nil
  ) throws {
    self.context = try OSCOREContext(
      masterSecret: secret.span, masterSalt: salt.span, senderID: identifier(sender),
      recipientID: identifier(recipient),
      idContext: idContext.map(token), with: self.crypto)
  }

  /// The device of a session, with the 4-byte C_R of its manager as sender ID.
  static func device() throws -> Endpoint { try Endpoint(sender: [0xA1, 0xB2, 0xC3, 0xD4], recipient: [0x05]) }

  static func manager() throws -> Endpoint { try Endpoint(sender: [0x05], recipient: [0xA1, 0xB2, 0xC3, 0xD4]) }

  /// - Parameter room: how many bytes the buffer has behind the frame.
  mutating func protect(
    request: [UInt8], message3: [UInt8] = [], room: Int = 600
  ) throws(OSCOREError) -> (frame: [UInt8], binding: RequestBinding) {
    var buffer = request + [UInt8](repeating: 0xEE, count: room)
    var span = buffer.mutableSpan
    let bound =
      message3.isEmpty
      ? try self.context.protectRequest(&span, count: request.count, with: &self.crypto)
      : try self.context.protectCombinedRequest(
        &span, count: request.count, message3: message3.span, with: &self.crypto)
    return (Array(buffer[..<bound.count]), bound.binding)
  }

  mutating func unprotect(
    request: [UInt8], isCombined: Bool = false
  ) throws(OSCOREError) -> (frame: [UInt8], binding: RequestBinding) {
    var buffer = request
    var span = buffer.mutableSpan
    let bound =
      isCombined
      ? try self.context.unprotectCombinedRequest(&span, count: request.count, with: &self.crypto)
      : try self.context.unprotectRequest(&span, count: request.count, with: &self.crypto)
    return (Array(buffer[..<bound.count]), bound.binding)
  }

  mutating func protect(
    response: [UInt8], answering binding: RequestBinding, room: Int = 600
  ) throws(OSCOREError) -> [UInt8] {
    var buffer = response + [UInt8](repeating: 0xEE, count: room)
    var span = buffer.mutableSpan
    let count = try self.context.protectResponse(
      &span, count: response.count, answering: binding, with: &self.crypto)
    return Array(buffer[..<count])
  }

  mutating func unprotect(response: [UInt8], answering binding: RequestBinding) throws(OSCOREError) -> [UInt8] {
    var buffer = response
    var span = buffer.mutableSpan
    let count = try self.context.unprotectResponse(
      &span, count: response.count, answering: binding, with: &self.crypto)
    return Array(buffer[..<count])
  }

  /// A request whose inside nobody judged before it was sealed.
  mutating func sealed(inner: [UInt8]) throws -> [UInt8] {
    let number = PartialIV(self.context.senderSequenceNumber)
    self.context.senderSequenceNumber += 1
    let input = CipherInput(
      commonIV: self.context.commonIV, nonceID: self.context.senderID, noncePartialIV: number,
      requestKid: self.context.senderID, requestPartialIV: number)
    let option = OSCOREOption(partialIV: number, kid: self.context.senderID)
    var value = [UInt8](repeating: 0, count: option.valueBytes)
    var valueSpan = value.mutableSpan
    option.write(to: &valueSpan, at: 0)
    var ciphertext = inner + [UInt8](repeating: 0, count: CipherInput.tagBytes)
    var span = ciphertext.mutableSpan
    let key = bytes(self.context.senderKey)
    let nonce = bytes(input.nonce)
    let data = Array(bytes(input.additionalData)[..<input.additionalDataBytes])
    try self.crypto.seal(&span, key: key.span, nonce: nonce.span, additionalData: data.span)
    return try frame(.post) {
      $0.option(.oscore, value.span)
      $0.payload(ciphertext.span)
    }
  }
}
