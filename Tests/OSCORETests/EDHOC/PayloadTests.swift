import Testing

@testable import OSCORE

@Suite("EDHOC over CoAP: what payloads begin with")
struct PayloadTests {
  @Test(
    "Requests",
    arguments: [
      ("F5 03 02", "1:0302"), ("F5", "1:-"), ("05 52 00", "05:5200"), ("37 52", "37:52"),
      ("44 01020304 41 00", "01020304:4100"),
      ("40 01", "-:01"), ("41 18 01", "18:01"), ("41 05 01", "notDeterministic"), ("18 18", "connectionIdentifier"),
      ("F4 03", "malformed"), ("48 0102030405060708 41 00", "connectionIdentifier"), ("44 010203", "truncated"),
      ("", "truncated"), ("5F 41 00 FF", "notDeterministic"), ("61 61", "malformed"), ("58 01 00", "notDeterministic"),
    ])
  func requests(text: String, expected: String) {
    let payload = bytes(text)
    var read = ""
    do throws(EDHOCError) {
      switch try EDHOCRequest(payload.span) {
      case .message1(let message): read = "1:\(field(copy(message)))"
      case .message3(let connection, let message): read = "\(field(copy(connection))):\(field(copy(message)))"
      }
    } catch {
      read = "\(error)"
    }
    #expect(read == expected)
  }

  @Test(
    "What is written in front is read again",
    arguments: [[], [0x05], [0x18], [1, 2, 3, 4], [9, 9, 9, 9, 9, 9, 9]] as [[UInt8]])
  func prefixes(identifier: [UInt8]) throws {
    let connection = try #require(connectionIdentifier(identifier))
    let prefix = try written { (span: inout MutableSpan<UInt8>) throws(EDHOCError) in
      try EDHOCRequest.writePrefix(connection, into: &span)
    }
    let payload = prefix + [0x41, 0x00]
    guard case .message3(let read, let message) = try EDHOCRequest(payload.span) else {
      Issue.record("no message 3")
      return
    }
    let (readBytes, messageBytes) = (copy(read), copy(message))
    #expect(readBytes == identifier && messageBytes == [0x41, 0x00])
    let first = try written { (span: inout MutableSpan<UInt8>) throws(EDHOCError) in
      try EDHOCRequest.writePrefix(into: &span)
    }
    #expect(first == [0xF5])
    let error = refusal { () throws(EDHOCError) in
      _ = try written(capacity: prefix.count - 1) { (span: inout MutableSpan<UInt8>) throws(EDHOCError) in
        try EDHOCRequest.writePrefix(connection, into: &span)
      }
    }
    #expect(error == .noSpace)
  }

  @Test(
    "Combined requests are taken apart behind the byte string",
    arguments: [
      ("42 0102 FF", "420102:ff"), ("58 18 000102030405060708090A0B0C0D0E0F1011121314151617 00", nil),
      ("40 00", "40:00"), ("42 0102", "truncated"), ("42 01", "truncated"), ("", "truncated"), ("58", "truncated"),
      ("01 02", "malformed"), ("5F 41 00 FF 00", "notDeterministic"), ("58 17 00", "notDeterministic"),
      ("59 0100", "malformed"),
    ] as [(String, String?)])
  func combined(text: String, expected: String?) {
    let payload = bytes(text)
    var read = ""
    do throws(EDHOCError) {
      let parts = try CombinedPayload(payload.span)
      read = "\(field(copy(parts.message3))):\(field(copy(parts.ciphertext)))"
    } catch {
      read = "\(error)"
    }
    #expect(read == expected ?? "\(field(Array(payload.dropLast()))):00")
  }
}

/// Outside the macros, which take no spans.
private func connectionIdentifier(_ bytes: [UInt8]) -> ConnectionIdentifier? { ConnectionIdentifier(bytes.span) }
