import PKI
import Testing

@testable import OSCORE

@Suite("EDHOC: messages that must be refused, each for its own reason")
struct InvalidMessageTests {
  @Test("RFC 9529 chapter 4", arguments: try SessionVectors.lines(of: "rfc9529-invalid.txt").filter { $0.first != "#" })
  func published(line: String) throws {
    let parts = line.split(separator: " ")
    try #require(parts.count == 4)
    let message = bytes(parts[3])
    let error: EDHOCError?
    switch parts[1] {
    case "message_1":
      let manager = AgreementKey()
      let responder = try Responder(key: manager)
      let credential = try manager.credential
      error = refusal { () throws(EDHOCError) in
        try responder.read1(message)
        _ = try responder.message2(credential)
      }
      #expect(responder.crypto.ephemeral.isEmpty)
    case "message_2":
      let initiator = try Initiator(key: AgreementKey())
      _ = try initiator.message1()
      error = refusal { () throws(EDHOCError) in try initiator.read2(message) }
      #expect(initiator.crypto.ephemeral.isEmpty)
    default:
      error = refusal { () throws(EDHOCError) in _ = try PlaintextLayout(message.span, hasConnection: true) }
    }
    #expect(error.map { "\($0)" } == String(parts[2]), "\(parts[0])")
  }

  private static let ephemeral = "58 20 8af6f430ebe18d34184017a9a11bf511c8dff8f834730b96c1b7c8dbca2fc3b6"

  @Test(
    "Message 1",
    arguments: [
      ("02 02 E 05", .method), ("18 18 02 E 05", .method), ("1B 0000000100000003 02 E 05", .method),
      ("20 02 E 05", .malformed), ("F5 03 02 E 05", .malformed),
      ("03 03 E 05", .wrongSuite), ("03 21 E 05", .wrongSuite), ("03 82 02 03 E 05", .wrongSuite),
      // Suite 2 in front of another 2: it should have been selected at once.
      ("03 82 02 02 E 05", .wrongSuite), ("03 80 E 05", .malformed), ("03 82 06 41 02 E 05", .malformed),
      ("03 8D 03030303030303030303030302 E 05", .malformed), ("03 F6 E 05", .malformed),
      ("03 02 58 21 8af6f430ebe18d34184017a9a11bf511c8dff8f834730b96c1b7c8dbca2fc3b600 05", .ephemeralKey),
      ("03 02 40 05", .ephemeralKey), ("03 02 05 05", .malformed),
      ("03 02 E 41 05", .notDeterministic), ("03 02 E 18 18", .connectionIdentifier),
      ("03 02 E 38 18", .connectionIdentifier), ("03 02 E 48 0102030405060708", .connectionIdentifier),
      ("03 02 E 61 05", .connectionIdentifier), ("03 02 E F5", .connectionIdentifier), ("03 02 E", .truncated),
      ("03 02 E 05 20", .criticalEAD), ("03 02 E 05 39 FFFF 41 00", .malformed), ("03 02 E 05 40", .malformed),
      ("03 02 E 05 01 40 41 00", .malformed), ("03 02 E 05 1A 00010000", .malformed), ("03 02 E 05 01 80", .malformed),
      ("03 02 E 05 18 17", .notDeterministic), ("03 02 E 05 01 5F 41 00 FF", .notDeterministic),
      ("03 02 E 05 01 A2 01 00 01 00", .notDeterministic), ("03 02 E 05 01 42 00", .truncated), ("", .truncated),
    ] as [(String, EDHOCError)])
  func message1(text: String, expected: EDHOCError) throws {
    let responder = try Responder(key: AgreementKey())
    let message = bytes(text.replacing("E", with: Self.ephemeral))
    #expect(refusal { () throws(EDHOCError) in try responder.read1(message) } == expected)
    #expect(refusal { () throws(EDHOCError) in try responder.read1(message) } == .wrongStep, "it is over")
  }

  @Test(
    "Message 1 in forms less usual",
    arguments: [
      "03 02 E 40", "03 82 06 02 E 37", "03 8B 000104051829 37 36 35 34 33 02 E 42 0505", "03 02 E 05 00 43 000000",
    ])
  func acceptedMessage1(text: String) throws {
    let responder = try Responder(key: AgreementKey())
    let message = bytes(text.replacing("E", with: Self.ephemeral))
    #expect(refusal { () throws(EDHOCError) in try responder.read1(message) } == nil)
  }

  @Test(
    "Plaintexts",
    arguments: [
      ("", true, .truncated), ("27", true, .truncated), ("27 32", true, .truncated),
      ("27 32 48 00000000000000", true, .truncated), ("32 48 0000000000000000", false, nil),
      ("27 32 48 0000000000000000", true, nil), ("27 48 0102030405060708 48 0000000000000000", true, nil),
      ("27 50 000102030405060708090A0B0C0D0E0F 48 0000000000000000", true, nil),
      ("27 51 000102030405060708090A0B0C0D0E0F10 48 0000000000000000", true, .credentialIdentifier),
      ("27 58 18 000102030405060708090A0B0C0D0E0F1011121314151617 48 0000000000000000", true, .credentialIdentifier),
      ("27 18 18 48 0000000000000000", true, .credentialIdentifier),
      ("27 61 61 48 0000000000000000", true, .credentialIdentifier),
      ("27 A1 04 41 32 48 0000000000000000", true, .credentialIdentifier),
      ("27 A2 04 41 32 0E A0 48 0000000000000000", true, .credentialIdentifier),
      ("27 A1 18 22 82 2E 41 00 48 0000000000000000", true, .credentialIdentifier),
      ("27 41 18 48 0000000000000000", true, nil), ("27 41 17 48 0000000000000000", true, .notDeterministic),
      ("27 32 47 00000000000000", true, .macLength), ("27 32 49 000000000000000000", true, .macLength),
      ("27 32 00", true, .malformed), ("27 32 68 6161616161616161", true, .malformed),
      ("27 32 58 08 0000000000000000", true, .notDeterministic), ("27 40 48 0000000000000000", true, nil),
    ] as [(String, Bool, EDHOCError?)])
  func plaintexts(text: String, hasConnection: Bool, expected: EDHOCError?) {
    let plaintext = bytes(text)
    let error = refusal { () throws(EDHOCError) in
      _ = try PlaintextLayout(plaintext.span, hasConnection: hasConnection)
    }
    #expect(error == expected, "\(text)")
  }
}
