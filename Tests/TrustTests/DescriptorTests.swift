import PKI
import TestKit
import Testing

@testable import Trust

@Suite("A trust descriptor")
struct DescriptorTests {
  @Test("What the root signed is what a device reads, byte for byte")
  func roundTrip() throws {
    var network = Network(name: "Plant 7 – Süd", epoch: 0xFFFF_FFFF)
    network.terms.managerKeys.append(Network.key())
    network.terms.signers = []
    network.terms.anchors.append(TrustTerms.Anchor(name: Network.name("Next root"), publicKey: Network.key()))
    let descriptor = try network.descriptor()
    #expect(try TrustTerms(descriptor: descriptor, root: network.rootPublicKey) == network.terms)
    let places = try network.read(descriptor)
    #expect(places.epoch == 0xFFFF_FFFF && places.managerKeys.count == 2 && places.signers.count == 0)
    #expect(Array(descriptor[places.managerKeys[1]]) == network.terms.managerKeys[1])
    #expect(Array(descriptor[places.anchor.name]) == network.terms.anchors[0].name)
    #expect(try #require(places.nextAnchor).name == descriptor.firstRange(of: network.terms.anchors[1].name))
  }

  @Test("Its sizes are those of the specification, and the longest is within the limit")
  func sizes() throws {
    var network = Network(name: "Test network", epoch: 12)
    func anchor(_ name: [UInt8]) -> TrustTerms.Anchor { TrustTerms.Anchor(name: name, publicKey: Network.key()) }
    let usual = Network.name(String(repeating: "a", count: 37))
    #expect(usual.count == 50)
    network.terms.anchors = [anchor(usual)]
    #expect(try network.descriptor().count == 361)

    network.terms.managerKeys = [Network.key(), Network.key()]
    network.terms.signers = [Network.key(), Network.key()]
    network.terms.anchors = [anchor(usual), anchor(usual)]
    #expect(try network.descriptor().count == 612)

    let longest = Network.element(0x30, [UInt8](repeating: 0x31, count: 126))
    #expect(longest.count == 128)
    network.terms.network = String(repeating: "n", count: 64)
    network.terms.epoch = .max
    network.terms.anchors = [anchor(longest), anchor(longest)]
    #expect(try network.descriptor().count == 825)
    #expect(825 <= TrustLimits.descriptorBytes)
  }

  @Test("Cut short anywhere, it is refused")
  func truncated() throws {
    let network = Network()
    let descriptor = try network.descriptor()
    for count in descriptor.indices { #expect(network.refusal(of: Array(descriptor.prefix(count))) != nil) }
  }

  @Test("With any one bit turned, it is refused")
  func flipped() throws {
    let network = Network()
    let descriptor = try network.descriptor()
    for index in descriptor.indices {
      var spoilt = descriptor
      spoilt[index] ^= 1 << UInt8(index & 7)
      #expect(network.refusal(of: spoilt) != nil, "byte \(index)")
    }
  }

  @Test("A descriptor of everything that may come later is read by today's device")
  func laterField() throws {
    let network = Network()
    let content = Content().adding(.uint(7), .map([(.text("later"), .array([.uint(1)]))]))
    #expect(try network.read(network.sign(content.encoded)).epoch == 7)
  }

  @Test("What a device keeps of it in memory is small")
  func memory() {
    // Here, where an Int has eight bytes; on a Cortex-M0 it is half.
    #expect(MemoryLayout<TrustDescriptor>.size <= 128)
  }
}
