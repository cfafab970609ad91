import CoAP
import CoAPStream
import Testing

@Suite("Messages as values")
struct CoAPMessageTests {
  @Test("A message survives its serialisation")
  func roundTrip() throws {
    var message = CoAPMessage.request(.put, "/crt", contentFormat: .certsOnly, payload: [1, 2, 3])
    message.token = Token(4711)
    message.uriHost = "line.gateway"
    message.block1 = Block(number: 2, more: true, sizeExponent: 3)
    message.set(.requestTag, [7])
    message.maxAge = 300
    let parsed = try CoAPMessage(parsing: message.serialized())
    #expect(parsed == message)
    #expect(parsed.uriPath == ["crt"] && parsed.contentFormat == .certsOnly && parsed.uriHost == "line.gateway")
    #expect(parsed.block1 == Block(number: 2, more: true, sizeExponent: 3) && parsed.maxAge == 300)
  }

  @Test("Options are serialised in order whatever order they stand in, equals as they were")
  func sorting() throws {
    let options: [(OptionNumber, [UInt8])] = [(.uriQuery, [3]), (.uriPath, [1]), (.uriHost, [0]), (.uriPath, [2])]
    let message = CoAPMessage(code: .get, options: options)
    let parsed = try CoAPMessage(parsing: message.serialized())
    #expect(parsed.options.map(\.value) == [[0], [1], [2], [3]])
  }

  @Test("Setting an option replaces all of its number, setting nil removes them")
  func setting() {
    var message = CoAPMessage.request(.get, "a/b")
    message.uriPath = ["c"]
    #expect(message.values(of: .uriPath) == [Array("c".utf8)])
    message.contentFormat = .text
    #expect(message.value(of: .contentFormat) == [])
    message.contentFormat = nil
    #expect(message.value(of: .contentFormat) == nil)
  }

  @Test("An option too long to have an encoding is refused, and one that is just not comes through")
  func longOption() throws {
    var message = CoAPMessage(code: .post)
    message.set(.oscore, [UInt8](repeating: 1, count: 65_804))
    #expect(try CoAPMessage(parsing: message.serialized()) == message)
    message.set(.oscore, [UInt8](repeating: 1, count: 65_805))
    #expect(throws: CoAPError.optionTooLong) { try message.serialized() }
  }

  @Test("Malformed options read as absent")
  func malformed() {
    var message = CoAPMessage(code: .get)
    message.add(.block2, [1, 2, 3, 4])
    message.add(.maxAge, [1, 2, 3, 4, 5])
    message.add(.uriHost, [0xFF])
    message.add(.contentFormat, [1, 0, 0])
    message.add(.eTag, [UInt8](repeating: 0, count: 9))
    #expect(message.block2 == nil && message.maxAge == nil && message.uriHost == nil)
    #expect(message.contentFormat == nil && message.entityTag == nil)
  }
}
