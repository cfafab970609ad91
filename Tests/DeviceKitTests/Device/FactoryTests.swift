import CoAP
import Crypto
import DeviceKit
import Testing

@Suite("Factory state")
struct FactoryTests {
  @Test("A device without a root says who it is, and nothing else", arguments: [UInt8(0x00), 0xFF])
  func identity(fill: UInt8) throws {
    let bench = Bench(fill: fill)
    try bench.restart()
    let answer = try #require(bench.ask(.get, "id"))
    #expect(answer.code == .content)
    #expect(answer.format == .cbor)
    #expect(
      TestCBOR.fields(answer.payload)
        == [
          1: .text("BENCH-0001"), 2: .text("bench"), 3: .text("0.0.1"), 4: .uint(1024),
          5: .bytes(Array(try #require(bench.keys.agreementKeys[0x1000]).publicKey.rawRepresentation)),
        ])
    for (method, path) in [
      (Code.get, "status"), (.post, "csr"), (.put, "crt"), (.get, "crt"), (.post, "reset"), (.put, "trust"), (.get, ""),
      (.get, "any"),
    ] {
      #expect(bench.ask(method, path)?.code == .forbidden, "\(path)")
    }
    #expect(bench.nextRequest() == nil)
    #expect(bench.deadline == nil)
  }

  @Test("Provisioning ends it, durably")
  func provisioning() throws {
    let bench = Bench()
    try bench.restart()
    let network = TestNetwork()
    #expect(bench.provision(network)?.code == .changed)
    for _ in 0..<2 {
      #expect(bench.state == .provisioned)
      #expect(bench.ask(.get, "id")?.code == .forbidden)
      #expect(bench.provision(network)?.code == .forbidden)
      #expect(bench.nextRequest()?.path == "register")
      try bench.restart()
    }
  }

  @Test(
    "A request to provision that is not whole is refused",
    arguments: [
      [:], [1: .bytes([1])], [2: .bytes([1])], [1: .text("x"), 2: .bytes([1])], [1: .bytes([]), 2: .bytes([1])],
      [1: .bytes([1]), 2: .text("x")], [1: .bytes([1]), 2: .bytes([])],
    ] as [[UInt8: TestCBOR]])
  func incomplete(fields: [UInt8: TestCBOR]) throws {
    let bench = Bench()
    try bench.restart()
    #expect(bench.ask(.post, "provision", .cbor, TestCBOR.map(fields))?.code == .badRequest)
    #expect(bench.state == nil)
  }

  @Test("Fields unknown to this version are passed over")
  func unknownFields() throws {
    let bench = Bench()
    try bench.restart()
    let network = TestNetwork()
    let fields: [UInt8: TestCBOR] = [
      0: .bool(true), 1: .bytes(network.rootPublicKey), 2: .bytes(network.descriptor), 3: .uint(70_000),
      23: .text("later"),
    ]
    #expect(bench.ask(.post, "provision", .cbor, TestCBOR.map(fields))?.code == .changed)
  }

  @Test("Reset leads back to it: no root, no identity, no key")
  func reset() throws {
    let bench = Bench()
    try bench.restart()
    let network = TestNetwork()
    _ = try bench.enrol(network)
    #expect(bench.ask(.post, "reset")?.code == .changed)
    for _ in 0..<2 {
      #expect(bench.state == nil)
      #expect(bench.keys.keys.isEmpty)
      #expect(bench.ask(.get, "id")?.code == .content)
      #expect(bench.nextRequest() == nil)
      try bench.restart()
    }
    #expect(bench.chip.bytes.firstRange(of: network.rootPublicKey) == nil)
    #expect(bench.chip.bytes.firstRange(of: Array(network.name.utf8)) == nil)
    // A new owner, a new key.
    _ = try bench.enrol(TestNetwork())
    #expect(bench.keys.made.count == 2)
  }

  @Test(
    "Serial numbers are 1 to 32 letters, digits and hyphens, and begin with no hyphen",
    arguments: [
      ("A", true), ("bench-0001", true), (String(repeating: "Z", count: 32), true), ("", false),
      (String(repeating: "Z", count: 33), false), ("a b", false), ("a.b", false), ("ä", false), ("a/b", false),
      ("-a", false), ("-", false),
      ("a-", true),
    ])
  func serialNumbers(text: String, isValid: Bool) {
    #expect((DeviceSerialNumber(Array(text.utf8).span) != nil) == isValid)
  }
}
