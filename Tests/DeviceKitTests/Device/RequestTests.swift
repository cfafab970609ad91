import CoAP
import DeviceKit
import SessionPeer
import TestKit
import Testing

@Suite("Requests to a device")
struct RequestTests {
  private func provisioned() throws -> (Bench, TestNetwork) {
    let bench = Bench()
    try bench.restart()
    let network = TestNetwork()
    bench.provision(network)
    return (bench, network)
  }

  @Test("Unknown resources, wrong methods, formats and critical options have their codes")
  func codes() throws {
    let (bench, network) = try provisioned()
    #expect(bench.ask(.get, "nothing")?.code == .notFound)
    #expect(bench.ask(.get, "")?.code == .notFound)
    #expect(bench.ask(.get, "status/more")?.code == .notFound)
    #expect(bench.ask(.delete, "status")?.code == .methodNotAllowed)
    #expect(bench.ask(.get, "csr")?.code == .methodNotAllowed)
    #expect(bench.ask(.post, "crt")?.code == .methodNotAllowed)
    #expect(bench.ask(.get, "crt")?.code == .notFound)
    let payload = TestCBOR.map([1: .text(network.name)])
    #expect(bench.ask(.post, "csr", .text, payload)?.code == .unsupportedContentFormat)
    #expect(bench.ask(.post, "csr", nil, payload)?.code == .unsupportedContentFormat)
    var message = TestMessage(.get)
    message.path = "status"
    message.critical = 65003
    #expect(bench.ask(message)?.code == .badOption)
    // A block of a body must not pass for the whole of it where bodies are not taken in blocks.
    for (code, path) in [(Code.post, "csr"), (.put, "trust"), (.post, "reset"), (.get, "status"), (.post, "other")] {
      var message = TestMessage(code, path, .cbor, payload)
      message.block1 = Block(number: 0, more: true, sizeExponent: 2)
      #expect(bench.ask(message)?.code == .badOption, "\(path)")
    }
    #expect(bench.state == .provisioned)
    message.critical = 65002
    #expect(bench.ask(message)?.code == .content)
    #expect(bench.keys.keys.isEmpty)
  }

  @Test("A certification request for another network is a conflict, and no key is made")
  func otherNetwork() throws {
    let (bench, _) = try provisioned()
    for name in ["Other", "Test networ", "Test network2", "test network"] {
      #expect(bench.ask(.post, "csr", .cbor, TestCBOR.map([1: .text(name)]))?.code == .conflict, "\(name)")
    }
    #expect(bench.keys.keys.isEmpty)
  }

  @Test("A suffix that is no DNS name is refused", arguments: ["a b", "x/y", "ä", String(repeating: "a", count: 129)])
  func badSuffix(suffix: String) throws {
    let (bench, network) = try provisioned()
    #expect(bench.requestCSR(network, suffix: suffix)?.code == .badRequest)
    #expect(bench.keys.keys.isEmpty)
  }

  @Test("Without entropy there is no key, and the status says so")
  func entropy() throws {
    let (bench, network) = try provisioned()
    #expect(bench.ask(.get, "status")?.code == .content)
    bench.keys.hasEntropy = false
    let answer = bench.requestCSR(network)
    #expect(answer?.code == .serviceUnavailable)
    #expect(answer?.maxAge == 60)
    #expect(bench.keys.keys.isEmpty)
    #expect(bench.state == .provisioned)
    #expect(TestCBOR.fields(bench.ask(.get, "status")?.payload ?? [])?[6]?.bool == false)
    bench.keys.hasEntropy = true
    #expect(bench.requestCSR(network)?.code == .changed)
    #expect(TestCBOR.fields(bench.ask(.get, "status")?.payload ?? [])?[6]?.bool == true)
  }

  @Test("Signals, empty messages, stray answers and garbage get no answer")
  func silence() throws {
    let (bench, _) = try provisioned()
    for code in [Code.csm, .ping, .release, .abort, .content, .changed, .notFound] {
      #expect(bench.handle(TestMessage(code).frame).isEmpty, "\(code.rawValue)")
    }
    #expect(bench.handle([0x00, 0x00]).isEmpty)
    var random = SplitMix(seed: 5)
    for _ in 0..<5000 {
      let count = Int.random(in: 0...80, using: &random)
      _ = bench.handle((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
    }
    #expect(bench.state == .provisioned)
  }

  @Test("A request cut short or changed anywhere does nothing, and the whole one still does")
  func damagedRequests() throws {
    let (bench, network) = try provisioned()
    #expect(bench.ask(.get, "status")?.code == .content)
    let echo = try #require(bench.askOnce(TestMessage(.post, "csr", .cbor, []))?.echo)
    var message = TestMessage(.post, "csr", .cbor, TestCBOR.map([1: .text(network.name), 2: .text("d.example")]))
    message.echo = echo
    let frame = try bench.manager.protect(request: message.frame).frame
    for count in frame.indices { _ = bench.handle(Array(frame.prefix(count))) }
    // In front of the options are length, outer code and token, which belong to one hop (RFC 8613 §4.2).
    let start = try Message.parse(frame.span).options.lowerBound
    for index in start..<frame.count {
      for mask in [UInt8(1), 0x10, 0x80, 0xFF] {
        var damaged = frame
        damaged[index] ^= mask
        _ = bench.handle(damaged)
        #expect(bench.keys.made.isEmpty, "byte \(index), mask \(mask)")
      }
    }
    _ = bench.handle(frame)
    #expect(bench.keys.made.count == 1)
  }

  @Test("Slow work is announced, and only slow work")
  func slowWork() throws {
    let (bench, network) = try provisioned()
    #expect(bench.ask(.get, "status")?.code == .content)
    func work(_ code: Code, _ path: String, block: Block? = nil) -> UInt16 {
      var message = TestMessage(code)
      message.path = path
      message.block1 = block
      return bench.expectedWork(message)
    }
    #expect(work(.post, "csr") == 200)
    _ = bench.requestCSR(network)
    #expect(work(.post, "csr") == 100)
    #expect(work(.put, "crt", block: Block(number: 0, more: true, sizeExponent: 5)) == 0)
    #expect(work(.put, "crt", block: Block(number: 1, more: false, sizeExponent: 5)) == 600)
    #expect(work(.put, "crt") == 600)
    #expect(work(.get, "crt") == 0)
    #expect(work(.get, "status") == 0)
    #expect(work(.put, "trust") == 200)
    #expect(work(.post, "provision") == 0)
    #expect(bench.expectedWork(opening: [1, 2, 3]) == 0)
    #expect(bench.expectedWork(opening: TestMessage(.post, "csr").frame) == 0, "unprotected: it will be refused")
  }
}
