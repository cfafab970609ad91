import CoAP
import Crypto
import DeviceKit
import Testing

@Suite("Damaged certificates")
struct CertificateMutationTests {
  private func bench() throws -> (Bench, TestNetwork, [UInt8]) {
    let bench = Bench()
    try bench.restart()
    let network = TestNetwork()
    bench.provision(network)
    _ = bench.requestCSR(network)
    let key = try #require(bench.identityKey)
    return (bench, network, certificatesOnly([network.leaf(Bench.serialNumber, key.publicKey), network.issuing]))
  }

  @Test("Cut short at any length, certificates are refused")
  func truncation() throws {
    let (bench, _, bytes) = try bench()
    for count in 0..<bytes.count {
      let answer = bench.deliver(bytes: Array(bytes.prefix(count)))
      #expect(Bench.refusal(answer) != nil, "\(count) bytes")
    }
    #expect(bench.state == .keyMade)
    #expect(bench.deliver(bytes: bytes)?.code == .changed)
  }

  @Test("With any one byte changed, certificates are refused", arguments: [UInt8(0x01), 0x80, 0xFF])
  func mutation(mask: UInt8) throws {
    let (bench, _, bytes) = try bench()
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] ^= mask
      #expect(Bench.refusal(bench.deliver(bytes: damaged)) != nil, "byte \(index) ^ \(mask)")
    }
    #expect(bench.state == .keyMade)
  }

  @Test("With any one byte left out or doubled, certificates are refused")
  func lengths() throws {
    let (bench, _, bytes) = try bench()
    for index in bytes.indices {
      var shorter = bytes
      shorter.remove(at: index)
      var longer = bytes
      longer.insert(bytes[index], at: index)
      #expect(Bench.refusal(bench.deliver(bytes: shorter)) != nil, "without byte \(index)")
      #expect(Bench.refusal(bench.deliver(bytes: longer)) != nil, "byte \(index) twice")
    }
    #expect(bench.state == .keyMade)
  }

  @Test("A trust descriptor with any one byte changed is refused")
  func descriptor() throws {
    let bench = Bench()
    try bench.restart()
    let network = TestNetwork()
    for index in network.descriptor.indices {
      var damaged = network.descriptor
      damaged[index] ^= 0x01
      let answer = bench.provision(root: network.rootPublicKey, damaged)
      #expect(Bench.trustRefusal(answer) != nil, "byte \(index)")
    }
    #expect(bench.state == nil)
  }
}
