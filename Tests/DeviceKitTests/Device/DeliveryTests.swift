import CoAP
import Crypto
import DeviceKit
import Testing

@Suite("Delivery of certificates")
struct DeliveryTests {
  private func ready() throws -> (Bench, [UInt8]) {
    let bench = Bench()
    try bench.restart()
    let network = TestNetwork()
    bench.provision(network)
    _ = bench.requestCSR(network)
    let key = try #require(bench.identityKey)
    return (bench, certificatesOnly([network.leaf(Bench.serialNumber, key.publicKey), network.issuing]))
  }

  private func block(_ bytes: [UInt8], _ number: Int, tag: [UInt8]? = nil, exponent: UInt8 = 5) -> TestMessage {
    let size = 16 << Int(exponent)
    var message = TestMessage(.put)
    message.path = "crt"
    message.format = .certsOnly
    message.payload = Array(bytes[number * size..<min(bytes.count, (number + 1) * size)])
    message.block1 = Block(
      number: UInt32(number), more: (number + 1) * size < bytes.count, sizeExponent: exponent)
    message.requestTag = tag.flatMap { Token($0.span) }
    return message
  }

  @Test("In blocks of any size", arguments: 0...5)
  func sizes(exponent: Int) throws {
    let (bench, bytes) = try ready()
    #expect(bench.deliver(bytes: bytes, sizeExponent: UInt8(exponent))?.code == .changed)
    #expect(bench.fetchCertificates() == bytes)
    #expect(bench.chip.doubleWrites == 0)
  }

  @Test("The device asks for blocks that fit its messages")
  func smallerBlocks() throws {
    let bench = Bench(maxMessageBytes: 700)
    try bench.restart()
    let network = TestNetwork()
    _ = try bench.enrol(network)
    let (_, bytes) = try ready()
    var message = block(bytes, 0, exponent: 6)
    message.payload = Array(repeating: 0, count: 1024)
    message.block1 = Block(number: 0, more: true, sizeExponent: 6)
    #expect(bench.ask(message)?.block1?.sizeExponent == 5)
  }

  @Test("A block that comes twice in a row is answered again and written once")
  func repeated() throws {
    let (bench, bytes) = try ready()
    let last = (bytes.count - 1) / 256
    for number in 0..<last {
      #expect(bench.ask(block(bytes, number, tag: [1], exponent: 4))?.code == .continue)
      #expect(bench.ask(block(bytes, number, tag: [1], exponent: 4))?.code == .continue)
    }
    #expect(bench.ask(block(bytes, last, tag: [1], exponent: 4))?.code == .changed)
    #expect(bench.chip.doubleWrites == 0)
  }

  @Test("A gap, or a block of another transfer, is incomplete, and block 0 begins anew")
  func gaps() throws {
    let (bench, bytes) = try ready()
    #expect(bench.ask(block(bytes, 1, exponent: 4))?.code == .requestEntityIncomplete)
    #expect(bench.ask(block(bytes, 0, exponent: 4))?.code == .continue)
    #expect(bench.ask(block(bytes, 2, exponent: 4))?.code == .requestEntityIncomplete)
    #expect(bench.ask(block(bytes, 0, tag: [1], exponent: 4))?.code == .continue)
    #expect(bench.ask(block(bytes, 1, tag: [2], exponent: 4))?.code == .requestEntityIncomplete)
    #expect(bench.state == .keyMade)
    #expect(bench.deliver(bytes: bytes)?.code == .changed)
    #expect(bench.chip.doubleWrites == 0)
  }

  @Test("More than the flash holds is too large")
  func tooLarge() throws {
    let (bench, bytes) = try ready()
    var message = block(bytes, 0)
    message.size1 = 5000
    #expect(bench.ask(message)?.code == .requestEntityTooLarge)
    let long = [UInt8](repeating: 0x30, count: 6000)
    #expect(bench.deliver(bytes: long)?.code == .requestEntityTooLarge)
    #expect(bench.deliver(bytes: bytes)?.code == .changed)
  }

  @Test("A restart in the middle of a transfer loses the transfer and nothing else")
  func restart() throws {
    let (bench, bytes) = try ready()
    #expect(bench.ask(block(bytes, 0))?.code == .continue)
    try bench.restart()
    #expect(bench.ask(block(bytes, 1))?.code == .requestEntityIncomplete)
    #expect(bench.state == .keyMade)
    #expect(bench.deliver(bytes: bytes)?.code == .changed)
  }

  @Test("The same certificates again are fine, and a refused delivery leaves those in force standing")
  func again() throws {
    let (bench, bytes) = try ready()
    #expect(bench.deliver(bytes: bytes)?.code == .changed)
    #expect(bench.deliver(bytes: bytes)?.code == .changed)
    var damaged = bytes
    damaged[bytes.count / 2] ^= 1
    #expect(Bench.refusal(bench.deliver(bytes: damaged)) != nil)
    #expect(bench.state == .certified)
    #expect(bench.fetchCertificates() == bytes)
    try bench.restart()
    #expect(bench.fetchCertificates() == bytes)
  }

  @Test("A block beyond the end of what is in force is a bad request")
  func beyond() throws {
    let (bench, bytes) = try ready()
    #expect(bench.deliver(bytes: bytes)?.code == .changed)
    var message = TestMessage(.get)
    message.path = "crt"
    message.block2 = Block(number: 1000, more: false, sizeExponent: 6)
    #expect(bench.ask(message)?.code == .badRequest)
  }
}
