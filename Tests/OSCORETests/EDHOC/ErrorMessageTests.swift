import PKI
import Testing

@testable import OSCORE

@Suite("EDHOC: error messages")
struct ErrorMessageTests {
  @Test(
    "Each is written as RFC 9528 §6 has it, and read again",
    arguments: [
      (EDHOCErrorMessage.unspecified, "01 60"), (.wrongSuite(speaksOurs: true), "02 02"), (.unknownCredential, "03 F5"),
    ])
  func roundTrip(message: EDHOCErrorMessage, text: String) throws {
    let made = try written { (span: inout MutableSpan<UInt8>) throws(EDHOCError) in try message.write(into: &span) }
    #expect(made == bytes(text))
    #expect(try read(made) == message)
  }

  @Test("A diagnostic text is sent, and need not be understood")
  func diagnostic() throws {
    let made = try written { (span: inout MutableSpan<UInt8>) throws(EDHOCError) in
      try EDHOCErrorMessage.unspecified.write(diagnostic: "no", into: &span)
    }
    #expect(made == bytes("01 62 6e6f"))
    #expect(try read(made) == .unspecified)
    let error = refusal { () throws(EDHOCError) in
      _ = try written(capacity: 3) { (span: inout MutableSpan<UInt8>) throws(EDHOCError) in
        try EDHOCErrorMessage.unspecified.write(diagnostic: "no", into: &span)
      }
    }
    #expect(error == .noSpace)
  }

  @Test(
    "Others are read or refused",
    arguments: [
      ("02 03", .wrongSuite(speaksOurs: false)), ("02 82 03 02", .wrongSuite(speaksOurs: true)), ("20 00", .other),
      ("19 03E8 80", .other), ("00 00", .other), ("01 41 00", nil), ("02 81 02", nil), ("02 80", nil),
      ("02 61 61", nil), ("03 F4", nil),
      ("03 01", nil), ("02", nil), ("02 02 02", nil), ("18 02 02", nil), ("41 02", nil), ("", nil),
      ("02 8D 02020202020202020202020202", nil),
    ] as [(String, EDHOCErrorMessage?)])
  func others(text: String, expected: EDHOCErrorMessage?) {
    #expect((try? read(bytes(text))) == expected)
  }

  @Test("A responder that speaks another suite says so; the initiator reads it and goes on waiting")
  func wrongSuite() throws {
    let (device, manager) = (AgreementKey(), AgreementKey())
    let (initiator, responder) = (try Initiator(key: device), try Responder(key: manager))
    let message1 = try initiator.message1()
    var other = message1
    other[1] = 3
    let error = refusal { () throws(EDHOCError) in try responder.read1(other) }
    let answer = try written { (span: inout MutableSpan<UInt8>) throws(EDHOCError) in
      try EDHOCErrorMessage(answering: error ?? .malformed).write(into: &span)
    }
    #expect(answer == [2, 2])
    #expect(refusal { () throws(EDHOCError) in try initiator.read2(answer) } == .errorMessage)
    #expect(try read(answer) == .wrongSuite(speaksOurs: true))
    // Anybody on the line could have said that.
    let second = try Responder(key: manager)
    try second.read1(message1)
    try initiator.read2(second.message2(manager.credential))
    try initiator.verify2(manager.credential)
  }

  @Test("An error message instead of message 3 or 4 is told apart and ends nothing")
  func insteadOfMessages() throws {
    var pair = try EstablishedPair()
    try pair.run(upTo: 3)
    #expect(refusal { () throws(EDHOCError) in try pair.responder.read3([3, 0xF5]) } == .errorMessage)
    try pair.deliver(pair.messages[2], number: 3)
    #expect(refusal { () throws(EDHOCError) in try pair.initiator.read4([1, 0x60]) } == .errorMessage)
    try pair.initiator.read4(pair.responder.message4())
  }
}

private func read(_ message: [UInt8]) throws(EDHOCError) -> EDHOCErrorMessage { try EDHOCErrorMessage(message.span) }
