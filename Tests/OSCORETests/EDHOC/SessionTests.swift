import COSE
import PKI
import Testing

@testable import OSCORE

@Suite("EDHOC: what a caller can rely on")
struct SessionTests {
  @Test("By reference the three messages take 122 bytes, by value a third message of 110")
  func sizes() throws {
    var pair = try EstablishedPair()
    try pair.run(upTo: 4)
    #expect(pair.messages.map(\.count) == [37, 57, 28, 9])
    var second = try EstablishedPair()
    try second.run(upTo: 3, .value)
    #expect(second.messages.map(\.count) == [37, 139, 110])
  }

  @Test("Wrong credentials under the same key identifier are tried one after another, until the right one")
  func candidates() throws {
    var pair = try EstablishedPair()
    try pair.run(upTo: 2)
    let strangers = try (0..<3).map { _ in try AgreementKey().credential }
    #expect(try pair.initiator.read2(pair.messages[1]) == Self.reference(pair.responderCredential))
    for stranger in strangers + [[0xA0], []] {
      let error = refusal { () throws(EDHOCError) in try pair.initiator.verify2(stranger) }
      #expect(error == (stranger.count > 1 ? .wrongMAC : .credential))
    }
    #expect(refusal { () throws(EDHOCError) in try pair.initiator.verify2(nil) } == .credentialIdentifier)
    try pair.initiator.verify2(pair.responderCredential)
    let message3 = try pair.initiator.message3(pair.initiatorCredential)

    #expect(try pair.responder.read3(message3) == Self.reference(pair.initiatorCredential))
    for stranger in strangers {
      #expect(refusal { () throws(EDHOCError) in try pair.responder.verify3(stranger) } == .wrongMAC)
      #expect(!pair.responder.isComplete)
    }
    // The same point under the other y is another credential.
    var mirrored = pair.initiatorCredential
    mirrored[mirrored.count - 1] ^= 1
    #expect(refusal { () throws(EDHOCError) in try pair.responder.verify3(mirrored) } == .wrongMAC)
    // No point has this x.
    var pointless = pair.initiatorCredential
    pointless.replaceSubrange(22..<54, with: bytes("a04e73601df544a70ba7ea1e57030f7d4b4eb7f673924e58d54ca77a5e7d4d4a"))
    #expect(refusal { () throws(EDHOCError) in try pair.responder.verify3(pointless) } == .credential)
    try pair.responder.verify3(pair.initiatorCredential)
    #expect(try pair.responder.export(0, [], 16) == pair.initiator.export(0, [], 16))
  }

  @Test("By value the key is what the caller judges, and another credential does not fit")
  func byValue() throws {
    var pair = try EstablishedPair()
    try pair.run(upTo: 3, .value)
    let identity = try pair.responder.read3(pair.messages[2])
    #expect(identity == .value(try publicKey(pair.initiatorCredential)))
    let stranger = try AgreementKey().credential
    #expect(refusal { () throws(EDHOCError) in try pair.responder.verify3(stranger) } == .wrongMAC)
    try pair.responder.verify3(nil)
    #expect(try pair.responder.export(0, [], 16) == pair.initiator.export(0, [], 16))
  }

  @Test("C_R is never C_I: the responder chooses another, the initiator refuses")
  func equalIdentifiers() throws {
    var pair = try EstablishedPair()
    try pair.run(upTo: 1)
    try pair.responder.read1(pair.messages[0])
    let credential = pair.responderCredential
    let error = refusal { () throws(EDHOCError) in _ = try pair.responder.message2([0x05], credential) }
    #expect(error == .connectionIdentifier)
    let message2 = try pair.responder.message2([0x06], credential)
    try pair.initiator.read2(message2)

    // A responder that does not know the rule.
    let (manager, device) = (AgreementKey(), AgreementKey())
    let (initiator, responder) = (try Initiator([0x07], key: device), try Responder(key: manager))
    try responder.read1(initiator.message1())
    responder.session.handshake.initiator = ConnectionIdentifier()
    let equal = try responder.message2([0x07], manager.credential)
    #expect(refusal { () throws(EDHOCError) in try initiator.read2(equal) } == .connectionIdentifier)
    #expect(initiator.crypto.ephemeral.isEmpty)
  }

  @Test("Items of EAD: ignored, understood, or refused when they are critical and are not", arguments: 1...4)
  func ead(number: Int) throws {
    let critical: [UInt8] = [0x28, 0x41, 0x07]
    for (ead, labels, expected) in [
      ([0x08, 0x41, 0x07], EADLabels.none, nil), (critical, EADLabels(9), nil), (critical, EADLabels(1, 9), nil),
      (critical, .none, EDHOCError.criticalEAD), (critical, EADLabels(8), .criticalEAD),
      ([0x00, 0x44, 0, 0, 0, 0], .none, nil), ([0x08] + critical, .none, .criticalEAD),
    ] {
      var pair = try EstablishedPair()
      try pair.run(upTo: number - 1)
      let message = try Self.message(number, of: &pair, ead: ead)
      let error = refusal { () throws(EDHOCError) in
        switch number {
        case 1: try pair.responder.read1(message, understanding: labels)
        case 2: try pair.initiator.read2(message, understanding: labels)
        case 3: try pair.responder.read3(message, understanding: labels)
        default: try pair.initiator.read4(message, understanding: labels)
        }
      }
      #expect(error == expected, "\(ead)")
    }
  }

  @Test("Each call has its step, and at any other one it is refused and changes nothing")
  func steps() throws {
    for reached in 0...10 {
      let calls = Self.calls(try EstablishedPair())
      for call in calls[..<reached] { try call.run() }
      for role in [Role.initiator, .responder] {
        let due = calls[reached...].first { $0.role == role }?.step
        // Message 4 may be made and read more than once.
        for call in calls where call.role == role && call.step != due && !(due == nil && call.step >= 8) {
          #expect(refusal(call.run) == .wrongStep, "after \(reached) steps, call \(call.step)")
        }
      }
      for call in calls[reached...] { try call.run() }
    }
  }

  @Test("Keys are not to be had before the peer is verified, nor after the end")
  func exportsInTime() throws {
    var pair = try EstablishedPair()
    try pair.run(upTo: 3)
    try pair.responder.read3(pair.messages[2])
    #expect(refusal { () throws(EDHOCError) in _ = try pair.responder.export(0, [], 16) } == .wrongStep)
    try pair.responder.verify3(pair.initiatorCredential)
    #expect(try pair.responder.export(0, [], 255).count == 255)
    #expect(refusal { () throws(EDHOCError) in _ = try pair.responder.export(0, [], 256) } == .noSpace)
    pair.responder.end()
    #expect(refusal { () throws(EDHOCError) in _ = try pair.responder.export(0, [], 16) } == .wrongStep)
  }

  @Test("The end leaves neither secrets nor ephemeral keys", arguments: 1...4)
  func erasure(number: Int) throws {
    var pair = try EstablishedPair()
    try pair.run(upTo: number)
    pair.initiator.end()
    pair.responder.end()
    #expect(pair.initiator.crypto.ephemeral.isEmpty && pair.responder.crypto.ephemeral.isEmpty)
    #expect(pair.initiator.isErased)
    #expect(pair.responder.isErased)
  }

  @Test("Wherever the provider fails, the error says so, and nothing is left", arguments: 0..<12)
  func failures(after count: Int) throws {
    var pair = try EstablishedPair()
    pair.initiator.crypto.operationsUntilFailure = count
    let error = refusal { () throws(EDHOCError) in try pair.run(upTo: 4) }
    #expect(error == (count < 6 ? .cryptography(.storage) : nil))
    if error != nil { pair.initiator.end() }
    #expect(pair.initiator.crypto.ephemeral.isEmpty)

    var second = try EstablishedPair()
    second.responder.crypto.operationsUntilFailure = count
    let other = refusal { () throws(EDHOCError) in try second.run(upTo: 4) }
    #expect(other == (count < 7 ? .cryptography(.storage) : nil))
    if other != nil { second.responder.end() }
    #expect(second.responder.crypto.ephemeral.isEmpty)
  }

  @Test("A buffer that is a byte too small is told so, and ends the session", arguments: 1...4)
  func noSpace(number: Int) throws {
    var model = try EstablishedPair()
    try model.run(upTo: number)
    let count = model.messages[number - 1].count
    for capacity in [0, 1, 2, count - 1] {
      var pair = try EstablishedPair()
      try pair.run(upTo: number - 1)
      let error = refusal { () throws(EDHOCError) in
        _ = try Self.message(number, of: &pair, ead: [], capacity: capacity)
      }
      #expect(error == .noSpace, "\(capacity) of \(count) bytes")
    }
    var pair = try EstablishedPair()
    try pair.run(upTo: number - 1)
    #expect(try Self.message(number, of: &pair, ead: [], capacity: count).count == count)
  }

  private enum Role {
    case initiator, responder
  }

  private struct Call {
    let step: Int
    let role: Role
    let run: () throws(EDHOCError) -> Void

    init(_ step: Int, _ role: Role, _ run: @escaping () throws(EDHOCError) -> Void) {
      self.step = step
      self.role = role
      self.run = run
    }
  }

  /// The calls of a session in their order; each needs what those before it brought.
  private static func calls(_ pair: EstablishedPair) -> [Call] {
    let (initiator, responder) = (pair.initiator, pair.responder)
    let (device, manager) = (pair.initiatorCredential, pair.responderCredential)
    let messages = Messages()
    return [
      Call(0, .initiator) { () throws(EDHOCError) in messages.first = try initiator.message1() },
      Call(1, .responder) { () throws(EDHOCError) in try responder.read1(messages.first) },
      Call(2, .responder) { () throws(EDHOCError) in messages.second = try responder.message2(manager) },
      Call(3, .initiator) { () throws(EDHOCError) in try initiator.read2(messages.second) },
      Call(4, .initiator) { () throws(EDHOCError) in try initiator.verify2(manager) },
      Call(5, .initiator) { () throws(EDHOCError) in messages.third = try initiator.message3(device) },
      Call(6, .responder) { () throws(EDHOCError) in try responder.read3(messages.third) },
      Call(7, .responder) { () throws(EDHOCError) in try responder.verify3(device) },
      Call(8, .responder) { () throws(EDHOCError) in messages.fourth = try responder.message4() },
      Call(9, .initiator) { () throws(EDHOCError) in try initiator.read4(messages.fourth) },
    ]
  }

  private final class Messages {
    var first: [UInt8] = []
    var second: [UInt8] = []
    var third: [UInt8] = []
    var fourth: [UInt8] = []
  }

  /// Makes message `number` after those before it were made and the last of them delivered here.
  private static func message(
    _ number: Int, of pair: inout EstablishedPair, ead: [UInt8], capacity: Int = 256
  ) throws(EDHOCError) -> [UInt8] {
    if number > 1 { try pair.deliver(pair.messages[number - 2], number: number - 1) }
    switch number {
    case 1: return try pair.initiator.message1(ead: ead, capacity: capacity)
    case 2: return try pair.responder.message2([1, 2, 3, 4], pair.responderCredential, ead: ead, capacity: capacity)
    case 3: return try pair.initiator.message3(pair.initiatorCredential, ead: ead, capacity: capacity)
    default: return try pair.responder.message4(ead: ead, capacity: capacity)
    }
  }

  private static func reference(_ credential: [UInt8]) throws -> PeerIdentity {
    .keyIdentifier(try #require(keyIdentifier(Array(credential[9..<17]))))
  }
}

/// Outside the macros, which take no spans.
func keyIdentifier(_ bytes: [UInt8]) -> KeyIdentifier? { KeyIdentifier(bytes.span) }

/// The key in a credential.
func publicKey(_ credential: [UInt8]) throws(EDHOCError) -> RawPublicKey { try Credential(credential.span).publicKey }
