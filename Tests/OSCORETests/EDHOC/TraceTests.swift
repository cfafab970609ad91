import COSE
import PKI
import TestKit
import Testing

@testable import OSCORE

@Suite("EDHOC: the RFC's trace and sessions of an independent implementation")
struct TraceTests {
  @Test("RFC 9529 chapter 3, at every step of both roles")
  func publishedTrace() throws {
    let vectors = try SessionVectors(file: "rfc9529-chapter3.txt")
    try #require(vectors.names.count == 49)
    try Self.check(vectors)
  }

  @Test("Sessions with drawn keys, identifiers, credentials and EAD, at every step of both roles", arguments: 0..<24)
  func drawnSessions(seed: Int) throws {
    let vectors = SessionVectors(lines: try Oracle.run("edhoc_trace.py", arguments: [String(seed)]))
    try #require(vectors.names.count == 49, "seed \(seed)")
    try Self.check(vectors)
  }

  private static func check(_ vectors: SessionVectors) throws {
    let initiator = try Initiator(
      vectors["C_I"], key: AgreementKey(scalar: vectors["SK_I"]), ephemeral: [AgreementKey(scalar: vectors["X"])])
    let responder = try Responder(
      key: AgreementKey(scalar: vectors["SK_R"]), ephemeral: [AgreementKey(scalar: vectors["Y"])])
    // Items that are critical in what was drawn must be understood; there are none.
    let message1 = try initiator.message1(suites: vectors["SUITES_I"], ead: vectors["EAD_1"])
    #expect(message1 == vectors["message_1"])
    #expect(initiator.session.handshake.schedule.hash == vectors["H_message_1"])

    try responder.read1(message1)
    #expect(responder.session.handshake.schedule.hash == vectors["H_message_1"])
    #expect(copy(responder.session.initiatorIdentifier) == vectors["C_I"])
    #expect(responder.session.withEAD(copy) == vectors["EAD_1"])
    let message2 = try responder.message2(
      vectors["C_R"], vectors["CRED_R"], vectors["transfer_R"] == [1] ? .value : .keyIdentifier,
      ead: vectors["EAD_2"])
    #expect(message2 == vectors["message_2"])
    try Self.checkThird(&responder.session.handshake, vectors)

    let responderIdentity = try initiator.read2(message2)
    #expect(copy(initiator.session.responderIdentifier) == vectors["C_R"])
    try Self.checkSecond(&initiator.session.handshake, vectors)
    #expect(initiator.session.withEAD(copy) == [], "not before it is verified")
    try initiator.verify2(Self.candidate(responderIdentity, vectors["CRED_R"]))
    #expect(initiator.session.withEAD(copy) == vectors["EAD_2"])
    try Self.checkThird(&initiator.session.handshake, vectors)

    let message3 = try initiator.message3(
      vectors["CRED_I"], vectors["transfer_I"] == [1] ? .value : .keyIdentifier, ead: vectors["EAD_3"])
    #expect(message3 == vectors["message_3"])
    try Self.checkFourth(&initiator.session.handshake, vectors)

    let initiatorIdentity = try responder.read3(message3)
    #expect(responder.session.handshake.received.contents == vectors["PLAINTEXT_3"])
    try responder.verify3(Self.candidate(initiatorIdentity, vectors["CRED_I"]))
    #expect(responder.session.withEAD(copy) == vectors["EAD_3"])
    try Self.checkFourth(&responder.session.handshake, vectors)

    let message4 = try responder.message4(ead: vectors["EAD_4"])
    #expect(message4 == vectors["message_4"])
    try initiator.read4(message4)
    #expect(initiator.session.withEAD(copy) == vectors["EAD_4"])

    for export in [initiator.export, responder.export] {
      #expect(try export(0, [], 16) == vectors["OSCORE_master_secret"])
      #expect(try export(1, [], 8) == vectors["OSCORE_master_salt"])
      #expect(try export(200, Array("context".utf8), 70) == vectors["exported_200_context_70"])
    }
    #expect(initiator.crypto.ephemeral.isEmpty && responder.crypto.ephemeral.isEmpty)
  }

  /// By value the message's own credential is taken, otherwise the one the test knows.
  private static func candidate(_ identity: PeerIdentity, _ credential: [UInt8]) -> [UInt8]? {
    if case .value = identity { nil } else { credential }
  }

  private static func checkSecond(_ handshake: inout Handshake, _ vectors: SessionVectors) throws {
    #expect(handshake.schedule.hash == vectors["TH_2"])
    #expect(handshake.schedule.key == vectors["PRK_2e"])
    #expect(handshake.received.contents == vectors["PLAINTEXT_2"])
    #expect(try handshake.schedule.derived(.keystream2, vectors["KEYSTREAM_2"].count) == vectors["KEYSTREAM_2"])
    #expect(try handshake.schedule.derived(.salt3e2m, 32) == vectors["SALT_3e2m"])
    #expect(handshake.received.mac == vectors["MAC_2"])
  }

  private static func checkThird(_ handshake: inout Handshake, _ vectors: SessionVectors) throws {
    #expect(handshake.schedule.hash == vectors["TH_3"])
    #expect(handshake.schedule.key == vectors["PRK_3e2m"])
    #expect(try handshake.schedule.derived(.key3, 16) == vectors["K_3"])
    #expect(try handshake.schedule.derived(.nonce3, 13) == vectors["IV_3"])
    #expect(try handshake.schedule.derived(.salt4e3m, 32) == vectors["SALT_4e3m"])
    // MAC_2 is over context_2, whatever the pieces it was made from.
    #expect(try KeySchedule.derived(2, vectors["PRK_3e2m"], vectors["context_2"], 8) == vectors["MAC_2"])
  }

  private static func checkFourth(_ handshake: inout Handshake, _ vectors: SessionVectors) throws {
    #expect(handshake.schedule.hash == vectors["TH_4"])
    #expect(handshake.schedule.key == vectors["PRK_4e3m"])
    #expect(try handshake.schedule.derived(.key4, 16) == vectors["K_4"])
    #expect(try handshake.schedule.derived(.nonce4, 13) == vectors["IV_4"])
    #expect(try handshake.schedule.derived(.out, 32) == vectors["PRK_out"])
    #expect(try KeySchedule.derived(10, vectors["PRK_out"], [], 32) == vectors["PRK_exporter"])
    #expect(try KeySchedule.derived(6, vectors["PRK_4e3m"], vectors["context_3"], 8) == vectors["MAC_3"])
  }
}

extension KeySchedule {
  fileprivate var hash: [UInt8] { copy(self.transcript.span) }

  fileprivate var key: [UInt8] { copy(self.secret.span) }

  fileprivate func derived(_ label: KDFLabel, _ count: Int) throws -> [UInt8] {
    try Self.derived(label.rawValue, self.key, self.hash, count)
  }

  fileprivate static func derived(
    _ label: UInt8, _ key: [UInt8], _ context: [UInt8], _ count: Int
  ) throws -> [UInt8] {
    try written(capacity: count) { (span: inout MutableSpan<UInt8>) throws(CryptoError) in
      try Self.derive(
        label, from: key.span, context: KDFContext(context.span), into: &span, with: HostCryptography())
      return count
    }
  }
}

extension ReceivedPlaintext {
  fileprivate var contents: [UInt8] { copy(self.bytes.span.extracting(0..<self.count)) }

  fileprivate var mac: [UInt8] { Array(self.contents[self.layout.macStart..<self.layout.eadStart]) }
}

/// The bytes of an identifier.
func copy(_ identifier: ConnectionIdentifier) -> [UInt8] { copy(identifier.bytes) }
