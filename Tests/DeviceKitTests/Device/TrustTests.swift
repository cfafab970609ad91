import CoAP
import Crypto
import DeviceKit
import PKI
import Testing
import Trust

@Suite("What a device trusts")
struct TrustTests {
  private func provisioned(_ network: TestNetwork) throws -> Bench {
    let bench = Bench()
    try bench.restart()
    #expect(bench.provision(network)?.code == .changed)
    return bench
  }

  /// Whether the device says that it holds this descriptor.
  private func holds(_ bench: Bench, _ descriptor: [UInt8]) throws -> Bool {
    let terms = try TrustTerms(descriptor: descriptor, root: nil)
    let digest = try TrustTerms.digest(of: descriptor)
    return bench.status?[7] == .uint(UInt64(terms.epoch)) && bench.status?[8] == .bytes(digest)
  }

  @Test("It pins a root once, and says which descriptor it holds, also after a restart")
  func pinned() throws {
    let network = TestNetwork()
    let bench = try provisioned(network)
    for _ in 0..<2 {
      #expect(try holds(bench, network.descriptor))
      #expect(bench.provision(TestNetwork())?.code == .forbidden)
      try bench.restart()
    }
  }

  @Test("It is not provisioned by a root that did not sign what comes with it")
  func provisionedByOthers() throws {
    let bench = Bench()
    try bench.restart()
    let (network, other) = (TestNetwork(), TestNetwork())
    #expect(Bench.trustRefusal(bench.provision(root: other.rootPublicKey, network.descriptor)) == .otherRoot)
    #expect(Bench.trustRefusal(bench.provision(root: [1, 2, 3], network.descriptor)) == .rootKey)
    #expect(Bench.trustRefusal(bench.provision(root: network.rootPublicKey, [0xA0])) == .malformed)
    #expect(bench.state == nil)
  }

  @Test("A descriptor comes whole and as a COSE_Sign1")
  func format() throws {
    let network = TestNetwork()
    let bench = try provisioned(network)
    let next = network.sign { $0.epoch += 1 }
    #expect(bench.ask(.put, "trust", .cbor, next)?.code == .unsupportedContentFormat)
    #expect(bench.ask(.put, "trust", nil, next)?.code == .unsupportedContentFormat)
    #expect(bench.ask(.post, "trust", .coseSign1, next)?.code == .methodNotAllowed)
    #expect(bench.ask(.get, "trust")?.code == .methodNotAllowed)
    #expect(try holds(bench, network.descriptor))
  }

  @Test("A lower epoch, another network, another root, the same epoch over something else: each has its reason")
  func refused() throws {
    let network = TestNetwork()
    let bench = try provisioned(network)
    let stranger = TestNetwork { $0.epoch = 9 }
    let cases: [([UInt8], TrustRefusal)] = [
      (network.sign { $0.epoch -= 1 }, .lowerEpoch),
      (
        network.sign {
          $0.epoch += 1
          $0.network = "Other network"
        }, .otherNetwork
      ),
      (network.sign { $0.signers = [] }, .sameEpoch),
      (stranger.descriptor, .otherRoot),
      (Array(network.descriptor.dropLast()), .malformed),
    ]
    for (descriptor, refusal) in cases {
      #expect(Bench.trustRefusal(bench.trust(descriptor)) == refusal)
      #expect(bench.status?[5] == .uint(UInt64(refusal.rawValue)))
      #expect(try holds(bench, network.descriptor))
    }
    try bench.restart()
    #expect(try holds(bench, network.descriptor))
  }

  @Test("The same again is a success without a write, also under another signature")
  func same() throws {
    let network = TestNetwork()
    let bench = try provisioned(network)
    let flash = bench.chip.bytes
    #expect(bench.trust(network.descriptor)?.code == .changed)
    #expect(bench.trust(network.sign { _ in })?.code == .changed)
    #expect(bench.chip.bytes == flash)
  }

  @Test("Its certificate and key stay when the descriptor changes")
  func identityStays() throws {
    let network = TestNetwork()
    let bench = Bench()
    try bench.restart()
    let chain = try bench.enrol(network)
    let next = network.sign {
      $0.epoch += 1
      $0.signers.append(TestNetwork.key())
    }
    #expect(bench.trust(next)?.code == .changed)
    for _ in 0..<2 {
      #expect(try holds(bench, next))
      #expect(bench.state == .certified)
      #expect(bench.fetchCertificates() == certificatesOnly(chain))
      try bench.restart()
    }
  }

  @Test("A descriptor in the middle of a delivery ends the delivery, and the next one succeeds")
  func duringDelivery() throws {
    let network = TestNetwork()
    let bench = try provisioned(network)
    #expect(bench.requestCSR(network)?.code == .changed)
    let key = try #require(bench.identityKey)
    let chain = [network.leaf(Bench.serialNumber, key.publicKey), network.issuing]
    let bytes = certificatesOnly(chain)
    var first = TestMessage(.put)
    (first.path, first.format) = ("crt", .certsOnly)
    first.block1 = Block(number: 0, more: true, sizeExponent: 4)
    first.payload = Array(bytes.prefix(256))
    #expect(bench.ask(first)?.code == .continue)
    #expect(bench.trust(network.sign { $0.epoch += 1 })?.code == .changed)
    var second = first
    second.block1 = Block(number: 1, more: true, sizeExponent: 4)
    #expect(bench.ask(second)?.code == .requestEntityIncomplete)
    #expect(bench.deliver(chain)?.code == .changed)
  }

  @Test(
    "Cut before, within or after any operation of taking a descriptor, it holds the old one or the new one",
    arguments: Power.Moment.allCases)
  func powerCuts(moment: Power.Moment) throws {
    let seed: UInt64 = 1_129
    let network = TestNetwork()
    let bench = Bench(power: Power(seed: seed), pages: 10)
    try bench.restart()
    let chain = try bench.enrol(network)
    let next = network.sign {
      $0.epoch += 1
      $0.managerKeys.append(TestNetwork.key())
    }
    let flash = bench.chip.snapshot
    var operation = 0
    var seen: Set<Bool> = []
    while true {
      bench.chip.snapshot = flash
      try bench.restart()
      bench.power.fail(at: operation, moment)
      let answer = bench.trust(next)
      let wasCut = !bench.power.isOn
      try bench.restart()
      let context: Comment = "seed \(seed), operation \(operation), \(moment)"
      let isNew = try holds(bench, next)
      #expect(try isNew || holds(bench, network.descriptor), context)
      #expect(isNew || answer?.code != .changed, context)
      #expect(bench.fetchCertificates() == certificatesOnly(chain), context)
      #expect(bench.trust(next)?.code == .changed, context)
      #expect(try holds(bench, next), context)
      seen.insert(isNew)
      guard wasCut else { break }
      operation += 1
    }
    #expect(seen == [false, true], "cuts fell on both sides of the commit")
  }
}
