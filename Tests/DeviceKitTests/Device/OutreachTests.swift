import COSE
import CoAP
import Crypto
import DeviceKit
import Testing

@Suite("What a device sends of itself")
struct OutreachTests {
  private func certified() throws -> (Bench, TestNetwork, [[UInt8]]) {
    let bench = Bench()
    try bench.restart()
    let network = TestNetwork()
    let chain = try bench.enrol(network)
    // From the beginning: what was out while it was enrolled is answered, and does not matter here.
    if let early = bench.nextRequest() { bench.answer(early, .changed) }
    bench.linkDidComeUp()
    return (bench, network, chain)
  }

  /// Lets time pass to the deadline.
  private func next(_ bench: Bench) throws -> TestMessage {
    bench.now = max(bench.now, try #require(bench.deadline))
    return try #require(bench.nextRequest())
  }

  @Test("A registration says who, what and where the device stands")
  func registration() throws {
    let bench = Bench()
    try bench.restart()
    let network = TestNetwork()
    bench.provision(network)
    let first = try next(bench)
    #expect(first.code == .post)
    #expect(first.path == "register")
    #expect(first.format == .cbor)
    let fields = TestCBOR.fields(first.payload)
    #expect(
      fields
        == [
          1: .text("BENCH-0001"), 2: .text("bench"), 3: .text("0.0.1"), 4: .uint(1), 6: .uint(1024),
        ])
    bench.answer(first, .changed)
    _ = bench.requestCSR(network)
    #expect(TestCBOR.fields(try next(bench).payload)?[4]?.uint == 2)
  }

  @Test("A registration in state 3 names the certificate")
  func registrationWithCertificate() throws {
    let (bench, _, _) = try certified()
    let fields = TestCBOR.fields(try next(bench).payload)
    #expect(fields?[4]?.uint == 3)
    #expect(fields?[5]?.bytes == [0x42, 0x17])
  }

  @Test("Without an answer it is repeated after 1, 2, 4 … 60 s")
  func backOff() throws {
    let bench = Bench()
    try bench.restart()
    bench.provision(TestNetwork())
    var pauses: [UInt64] = []
    for _ in 0..<9 {
      _ = try next(bench)
      #expect(bench.nextRequest() == nil)
      let silent = try #require(bench.deadline)
      bench.now = silent
      #expect(bench.nextRequest() == nil, "no answer is only noticed now")
      pauses.append(try #require(bench.deadline) - silent)
    }
    #expect(pauses == [1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000])
  }

  @Test("Heartbeats come every 10 s until a report is acknowledged, and every 60 s after that")
  func heartbeats() throws {
    let (bench, _, _) = try certified()
    let register = try next(bench)
    bench.answer(register, .changed)
    let report = try next(bench)
    #expect(report.path == "report")
    #expect(report.format == .coseSign1)
    #expect(bench.now == 0)
    #expect(bench.nextRequest() == nil, "one request at a time")
    bench.answer(report, .changed)
    #expect(bench.deadline == 10_000)
    let heartbeat = try next(bench)
    bench.answer(heartbeat, .changed)
    #expect(bench.deadline == 70_000)
  }

  @Test("The manager may say when to register again")
  func pause() throws {
    let (bench, _, _) = try certified()
    bench.answer(try next(bench), .changed, payload: TestCBOR.map([1: .uint(300)]))
    bench.answer(try next(bench), .changed)
    #expect(bench.deadline == 300_000)
  }

  @Test(
    "5.03 is taken at its Max-Age, 4.03 for 60 s, and anything else for a failure",
    arguments: [
      (Code.serviceUnavailable, UInt32(7), UInt64(7000)), (.serviceUnavailable, nil, 1000),
      (.serviceUnavailable, 4000, 1000), (.forbidden, nil, 60_000), (.notFound, nil, 1000), (.content, nil, 1000),
      (.internalServerError, 30, 1000),
    ] as [(Code, UInt32?, UInt64)])
  func refusals(code: Code, maxAge: UInt32?, pause: UInt64) throws {
    let bench = Bench()
    try bench.restart()
    bench.provision(TestNetwork())
    bench.answer(try next(bench), code, maxAge: maxAge)
    #expect(bench.deadline == pause)
  }

  @Test("An answer with another token is nobody's")
  func strayAnswers() throws {
    let bench = Bench()
    try bench.restart()
    bench.provision(TestNetwork())
    var request = try next(bench)
    let deadline = bench.deadline
    request.token = Token(0x0707_0707)
    bench.answer(request, .changed)
    #expect(bench.deadline == deadline)
  }

  @Test("The report is signed by the identity key and names the certificate")
  func report() throws {
    let (bench, _, chain) = try certified()
    bench.answer(try next(bench), .changed)
    let report = try next(bench)
    let key = try #require(bench.identityKey)
    let signed = try COSESign1(report.payload.span)
    var crypto = TestCryptography(table: bench.keys)
    try signed.verify(publicKey: [UInt8](key.publicKey.x963Representation).span, with: &crypto)
    #expect(
      TestCBOR.fields(signed.payload.array)
        == [
          1: .text("BENCH-0001"), 2: .bytes([0x42, 0x17]), 3: .bytes([UInt8](SHA256.hash(data: chain[0]))),
          4: .uint(1_767_225_600), 5: .uint(1_798_761_600), 6: .uint(1),
        ])
  }

  @Test("The report is repeated until it is acknowledged, and again after every start")
  func reportUntilAcknowledged() throws {
    let (bench, _, _) = try certified()
    bench.answer(try next(bench), .changed, payload: TestCBOR.map([1: .uint(3600)]))
    for _ in 0..<3 {
      let report = try next(bench)
      #expect(report.path == "report")
      bench.answer(report, .serviceUnavailable)
    }
    bench.answer(try next(bench), .changed)
    #expect(bench.deadline == 3_600_000)
    try bench.restart()
    bench.answer(try next(bench), .changed)
    #expect(try next(bench).path == "report")
  }

  @Test("A link that comes up again begins with a registration, and sends the report only if it is not acknowledged")
  func linkRestart() throws {
    let (bench, _, _) = try certified()
    _ = try next(bench)
    bench.linkDidComeUp()
    bench.answer(try next(bench), .changed)
    bench.answer(try next(bench), .changed)
    bench.linkDidComeUp()
    let register = try next(bench)
    #expect(register.path == "register")
    bench.answer(register, .changed)
    // What was out when the link came up first has failed, and was due again a second later.
    #expect(bench.now == 1_000)
    #expect(try #require(bench.deadline) == 61_000)
  }

  @Test("Certificates delivered again are reported again")
  func deliveredAgain() throws {
    let (bench, _, chain) = try certified()
    bench.answer(try next(bench), .changed)
    bench.answer(try next(bench), .changed)
    #expect(bench.deliver(chain)?.code == .changed)
    #expect(try next(bench).path == "report")
  }
}
