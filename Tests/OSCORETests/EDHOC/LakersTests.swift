import Crypto
import PKI
import Testing

@testable import OSCORE

@Suite("EDHOC with lakers, both ways")
struct LakersTests {
  private let device = P256.KeyAgreement.PrivateKey()
  private let manager = P256.KeyAgreement.PrivateKey()
  private let deviceKey: AgreementKey
  private let managerKey: AgreementKey

  init() throws {
    self.deviceKey = try AgreementKey(pem: self.device.pemRepresentation)
    self.managerKey = try AgreementKey(pem: self.manager.pemRepresentation)
  }

  @Test(
    "lakers' initiator and our responder", arguments: [CredentialTransfer.keyIdentifier, .value],
    [CredentialTransfer.keyIdentifier, .value])
  func theyInitiate(theirs: CredentialTransfer, ours: CredentialTransfer) throws {
    let lakers = try LakersPeer()
    let responder = try Responder(key: self.managerKey)
    try responder.read1(try lakers.bytes("initiator 05 -"))
    let message2 = try responder.message2([1, 2, 3, 4], self.managerKey.credential, ours)
    #expect(try lakers.ask("read2 \(field(message2))")[0] == "01020304")
    _ = try lakers.ask(try self.verify2(self.managerKey.credential))
    let message3 = try lakers.bytes("message3 \(Self.name(theirs)) -")
    let identity = try responder.read3(message3)
    #expect(try identity == Self.identity(self.deviceKey, theirs))
    try responder.verify3(theirs == .value ? nil : self.deviceKey.credential)
    #expect(try lakers.ask("read4 \(field(responder.message4()))") == ["-"])
    #expect(try lakers.bytes("export 0 16") == responder.export(0, [], 16))
    #expect(try lakers.bytes("export 1 8") == responder.export(1, [], 8))
  }

  @Test(
    "Our initiator and lakers' responder", arguments: [CredentialTransfer.keyIdentifier, .value],
    [CredentialTransfer.keyIdentifier, .value])
  func weInitiate(theirs: CredentialTransfer, ours: CredentialTransfer) throws {
    let lakers = try LakersPeer()
    let initiator = try Initiator([0x37], key: self.deviceKey)
    _ = try lakers.ask(try self.responder())
    #expect(try lakers.ask("message1 \(field(initiator.message1()))") == ["37", "-"])
    let identity = try initiator.read2(try lakers.bytes("message2 \(Self.name(theirs)) 0a0b0c0d -"))
    #expect(try identity == Self.identity(self.managerKey, theirs))
    #expect(copy(initiator.session.responderIdentifier) == [0x0A, 0x0B, 0x0C, 0x0D])
    try initiator.verify2(theirs == .value ? nil : self.managerKey.credential)
    _ = try lakers.ask("read3 \(field(initiator.message3(self.deviceKey.credential, ours)))")
    _ = try lakers.ask("verify3 \(field(self.deviceKey.credential))")
    try initiator.read4(try lakers.bytes("message4 -"))
    #expect(try lakers.bytes("export 0 16") == initiator.export(0, [], 16))
    #expect(try lakers.bytes("export 1 8") == initiator.export(1, [], 8))
  }

  @Test("EAD crosses in every message, both ways")
  func ead() throws {
    let lakers = try LakersPeer()
    let responder = try Responder(key: self.managerKey)
    let labels = EADLabels(5)
    try responder.read1(try lakers.bytes("initiator 05 5:1:aabb,9:0:none"), understanding: labels)
    #expect(responder.session.withEAD(copy) == bytes("24 42 aabb 09"))
    let message2 = try responder.message2([1, 2, 3, 4], self.managerKey.credential, ead: bytes("06 41 01 27"))
    #expect(try lakers.ask("read2 \(field(message2))")[2] == "6:0:01,8:1:none")
    _ = try lakers.ask(try self.verify2(self.managerKey.credential))
    try responder.read3(try lakers.bytes("message3 kid 7:0:03"), understanding: labels)
    try responder.verify3(self.deviceKey.credential)
    #expect(responder.session.withEAD(copy) == bytes("07 41 03"))
    #expect(try lakers.ask("read4 \(field(responder.message4(ead: bytes("00 43 000000"))))") == ["0:0:000000"])
    #expect(try lakers.bytes("export 0 16") == responder.export(0, [], 16))
  }

  @Test("The wrong credential is refused on either side")
  func wrongCredentials() throws {
    let stranger = try AgreementKey().credential
    let lakers = try LakersPeer()
    let responder = try Responder(key: self.managerKey)
    try responder.read1(try lakers.bytes("initiator 05 -"))
    let message2 = try responder.message2(self.managerKey.credential)
    _ = try lakers.ask("read2 \(field(message2))")
    #expect(throws: LakersPeer.Failure.self) { _ = try lakers.ask(try self.verify2(stranger)) }

    _ = try lakers.ask(try self.responder())
    let initiator = try Initiator(key: self.deviceKey)
    _ = try lakers.ask("message1 \(field(initiator.message1()))")
    try initiator.read2(try lakers.bytes("message2 kid 0a0b0c0d -"))
    #expect(refusal { () throws(EDHOCError) in try initiator.verify2(stranger) } == .wrongMAC)
    try initiator.verify2(self.managerKey.credential)
    _ = try lakers.ask("read3 \(field(initiator.message3(self.deviceKey.credential)))")
    #expect(throws: LakersPeer.Failure.self) { _ = try lakers.ask("verify3 \(field(stranger))") }
  }

  @Test("lakers refuses another suite and cut messages of ours, as we refuse lakers'")
  func brokenMessages() throws {
    let lakers = try LakersPeer()
    let initiator = try Initiator(key: self.deviceKey)
    let message1 = try initiator.message1()
    for broken in [Array(message1.dropLast()), Array(message1.dropLast(20)), [3, 3] + message1[2...]] {
      _ = try lakers.ask(try self.responder())
      #expect(throws: LakersPeer.Failure.self) { _ = try lakers.ask("message1 \(field(broken))") }
    }
    let theirs = try lakers.bytes("initiator 05 -")
    for count in 0..<theirs.count {
      let responder = try Responder(key: self.managerKey)
      #expect(refusal { () throws(EDHOCError) in try responder.read1(Array(theirs[..<count])) } == .truncated)
    }
    _ = try lakers.ask(try self.responder())
    _ = try lakers.ask("message1 \(field(message1))")
    let message2 = try lakers.bytes("message2 kid 0a0b0c0d -")
    #expect(refusal { () throws(EDHOCError) in try initiator.read2(Array(message2.dropLast())) } == .truncated)
  }

  private func responder() throws -> String {
    "responder \(field(Array(self.manager.rawRepresentation))) \(field(try self.managerKey.credential))"
  }

  private func verify2(_ credential: [UInt8]) throws -> String {
    "verify2 \(field(Array(self.device.rawRepresentation))) \(field(try self.deviceKey.credential)) \(field(credential))"
  }

  private static func name(_ transfer: CredentialTransfer) -> String { transfer == .value ? "value" : "kid" }

  private static func identity(_ key: AgreementKey, _ transfer: CredentialTransfer) throws -> PeerIdentity {
    let credential = try key.credential
    switch transfer {
    case .value: return .value(try publicKey(credential))
    case .keyIdentifier: return .keyIdentifier(try #require(keyIdentifier(Array(credential[9..<17]))))
    }
  }
}
