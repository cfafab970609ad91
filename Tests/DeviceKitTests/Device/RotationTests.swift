import CoAP
import Crypto
import DeviceKit
import PKI
import SessionPeer
import Testing
import Trust

@Suite("Keys change, and devices follow")
struct RotationTests {
  /// An authority of a device's certificates with its key.
  private struct Authority {
    let key = P256.Signing.PrivateKey()
    let name: [UInt8]

    init(_ commonName: String) { name = DeviceKitTests.name([OID.commonName: commonName]) }

    var anchor: TrustTerms.Anchor {
      TrustTerms.Anchor(name: name, publicKey: Array(key.publicKey.rawRepresentation))
    }

    func leaf(_ device: P256.Signing.PublicKey) -> [UInt8] {
      CertificateForge(device: Bench.serialNumber, key: device, issuer: name).certificate(by: key)
    }
  }

  private func keyMade(_ network: TestNetwork) throws -> (Bench, P256.Signing.PublicKey) {
    let bench = Bench()
    try bench.restart()
    #expect(bench.provision(network)?.code == .changed)
    #expect(bench.requestCSR(network)?.code == .changed)
    return (bench, try #require(bench.identityKey).publicKey)
  }

  @Test(
    "An anchor changes: announced, both issue; promoted, only the new one, with another name or the same",
    arguments: ["New root", "Old root"])
  func plannedAnchor(newName: String) throws {
    let (old, new) = (Authority("Old root"), Authority(newName))
    let network = TestNetwork { $0.anchors = [old.anchor] }
    let (bench, key) = try keyMade(network)
    #expect(bench.deliver([old.leaf(key)])?.code == .changed)
    #expect(
      Bench.refusal(bench.deliver([new.leaf(key)])) == (newName == "Old root" ? .signature : .brokenChain),
      "nobody has announced it")

    let announced = try network.sign {
      $0.epoch += 1
      try $0.announce(anchor: new.anchor)
    }
    #expect(bench.trust(announced)?.code == .changed)
    #expect(bench.deliver([old.leaf(key)])?.code == .changed)
    #expect(bench.deliver([new.leaf(key)])?.code == .changed)
    try bench.restart()
    #expect(bench.deliver([new.leaf(key)])?.code == .changed)

    let promoted = try network.sign {
      $0.epoch += 2
      try $0.announce(anchor: new.anchor)
      try $0.promote(.anchor)
    }
    #expect(bench.trust(promoted)?.code == .changed)
    #expect(Bench.refusal(bench.deliver([old.leaf(key)])) != nil)
    #expect(bench.deliver([new.leaf(key)])?.code == .changed)
  }

  @Test("A stolen anchor is replaced at once")
  func stolenAnchor() throws {
    let (stolen, new) = (Authority("Root"), Authority("Root"))
    let network = TestNetwork { $0.anchors = [stolen.anchor] }
    let (bench, key) = try keyMade(network)
    let replaced = network.sign {
      $0.epoch += 1
      $0.replace(anchor: new.anchor)
    }
    #expect(bench.trust(replaced)?.code == .changed)
    #expect(Bench.refusal(bench.deliver([stolen.leaf(key)])) == .signature)
    #expect(bench.deliver([new.leaf(key)])?.code == .changed)
  }

  @Test("Managers' keys and signers change in two steps, and a thief of one cannot name its successor")
  func onlineKeys() throws {
    // The manager's key and the signer's are in the thief's hands; the root's is not.
    let (next, signer) = (AgreementKey(), SigningKey())
    let network = TestNetwork { $0.signers = [Array(signer.publicKey.rawRepresentation)] }
    let manager = try SigningKey(pem: network.managerKey.pem)
    let bench = Bench()
    try bench.restart()
    _ = try bench.enrol(network)
    var forged = network.terms
    forged.epoch = 100
    forged.replace(managerKey: TestNetwork.key())
    for thief in [manager, signer] {
      #expect(Bench.trustRefusal(bench.trust(try forged.signed(by: thief))) == .otherRoot)
    }
    #expect(bench.status?[7] == .uint(3))

    let announced = try network.sign {
      $0.epoch += 1
      try $0.announce(managerKey: next.coordinates)
      try $0.announce(signer: TestNetwork.key())
    }
    #expect(bench.trust(announced)?.code == .changed)
    var terms = try TrustTerms(descriptor: announced, root: network.rootPublicKey)
    terms.epoch += 1
    try terms.promote(.managerKey)
    try terms.promote(.signer)
    let promoted = try terms.signed(by: network.root)
    #expect(bench.trust(promoted)?.code == .changed)

    // From now on nobody has a session with the stolen key, and the new one's holder has.
    #expect(bench.status == nil)
    bench.manager = try ManagerEnd(key: next, knowing: bench.manager.devicePublicKey)
    #expect(bench.status?[7] == .uint(5))
    #expect(bench.status?[8] == .bytes(try TrustTerms.digest(of: promoted)))
    // Yesterday's descriptor does not bring the stolen keys back.
    #expect(Bench.trustRefusal(bench.trust(announced)) == .lowerEpoch)
    #expect(Bench.trustRefusal(bench.trust(network.descriptor)) == .lowerEpoch)
  }

  @Test("A device changes hands: reset by the old owner, provisioned by the new one, whose epoch may be any")
  func transfer() throws {
    let (old, new) = (TestNetwork { $0.epoch = 40 }, TestNetwork { $0.epoch = 1 })
    let bench = Bench()
    try bench.restart()
    _ = try bench.enrol(old)
    let key = bench.identityKey?.rawRepresentation
    #expect(Bench.trustRefusal(bench.trust(new.descriptor)) == .otherRoot)
    #expect(bench.ask(.post, "reset")?.code == .changed)
    #expect(bench.trust(new.descriptor)?.code == .forbidden)
    _ = try bench.enrol(new)
    #expect(bench.status?[7] == .uint(1))
    #expect(bench.identityKey?.rawRepresentation != key)
    #expect(Bench.trustRefusal(bench.trust(old.descriptor)) == .otherRoot)
  }

  @Test("Only the descriptor's network may ask for a certification request")
  func network() throws {
    let network = TestNetwork { $0.network = "Plant 7" }
    let bench = Bench()
    try bench.restart()
    #expect(bench.provision(network)?.code == .changed)
    for (name, code) in [
      ("Plant 8", Code.conflict), ("Plant 77", .conflict), ("Plant", .conflict), ("Plant 7", .changed),
    ] {
      #expect(bench.ask(.post, "csr", .cbor, TestCBOR.map([1: .text(name)]))?.code == code)
    }
  }
}
