import CoAP

/// A CoAP message as a value of its own, for hosts: options and payload are copies.
///
/// Devices read messages in place with `CoAP.Message`; both go through the same parser and writer.
public struct CoAPMessage: Equatable, Sendable {
  /// Method, response code or signal.
  public var code: Code
  /// Matches a response to its request within one hop. `CoAPConnection` sets it.
  public var token: Token
  /// All options; in ascending order of their numbers once parsed. Serialising sorts them, keeping the order of equals.
  public var options: [(number: OptionNumber, value: [UInt8])]
  /// Empty for none.
  public var payload: [UInt8]

  /// A message by its parts.
  public init(
    code: Code, token: Token = Token(), options: [(number: OptionNumber, value: [UInt8])] = [], payload: [UInt8] = []
  ) {
    self.code = code
    self.token = token
    self.options = options
    self.payload = payload
  }

  /// Field by field; options in the order they stand in.
  public static func == (left: CoAPMessage, right: CoAPMessage) -> Bool {
    left.code == right.code && left.token == right.token && left.payload == right.payload
      && left.options.elementsEqual(right.options) { $0.number == $1.number && $0.value == $1.value }
  }
}

// The wire.
extension CoAPMessage {
  /// Parses exactly one RFC 8323 frame.
  public init(parsing frame: [UInt8]) throws(CoAPError) {
    let bytes = frame.span
    let message = try Message.parse(bytes)
    self.init(code: message.code, token: message.token)
    var cursor = OptionCursor(message)
    while let option = cursor.next(in: bytes) {
      self.options.append((option.number, Array(frame[option.value])))
    }
    self.payload = Array(frame[message.payload])
  }

  /// Serialises the message as one RFC 8323 frame.
  ///
  /// - Throws: `optionTooLong`, for a value of more than 65,804 bytes.
  public func serialized() throws(CoAPError) -> [UInt8] {
    let sorted = self.options.enumerated().sorted { ($0.element.number, $0.offset) < ($1.element.number, $1.offset) }
    let bound = 16 + self.token.count + self.payload.count + sorted.reduce(0) { $0 + $1.element.value.count + 5 }
    var frame = [UInt8](repeating: 0, count: bound)
    var buffer = frame.mutableSpan
    var writer = MessageWriter(&buffer, code: self.code, token: self.token)
    for option in sorted { writer.option(option.element.number, option.element.value.span) }
    writer.payload(self.payload.span)
    let count = try writer.finish()
    frame.removeLast(frame.count - count)
    return frame
  }
}
