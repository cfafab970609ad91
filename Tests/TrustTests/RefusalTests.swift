import Foundation
import PKI
import TestKit
import Testing

@testable import Trust

@Suite("A descriptor is refused, each time for its own reason")
struct RefusalTests {
  private let network = Network()

  private func refusal(_ content: Content) throws -> TrustRefusal? {
    network.refusal(of: try network.sign(content.encoded))
  }

  @Test("The sound one is taken, so that every refusal below is for what its test changes")
  func sound() throws {
    #expect(try refusal(Content()) == nil)
  }

  @Test("Bytes that are no COSE_Sign1 or no deterministic CBOR")
  func malformed() throws {
    #expect(network.refusal(of: []) == .malformed)
    #expect(network.refusal(of: [0xA0]) == .malformed)
    #expect(network.refusal(of: try network.descriptor() + [0]) == .malformed)
    var swapped = Content()
    swapped.fields.swapAt(0, 1)
    #expect(try refusal(swapped) == .malformed)
    #expect(network.refusal(of: try network.sign([0x01])) == .malformed)
    // Behind the map there is another item.
    #expect(network.refusal(of: try network.sign(Content().encoded + [0x01])) == .malformed)
  }

  @Test("A length beyond the limit")
  func tooLarge() throws {
    let content = Content().adding(.uint(7), .bytes([UInt8](repeating: 0, count: 800)))
    #expect(try refusal(content) == .tooLarge)
  }

  @Test("Any form of COSE_Sign1 but the one")
  func form() throws {
    let descriptor = try network.descriptor()
    // The tag; another parameter in the unprotected header; a kid of another length; no kid.
    #expect(network.refusal(of: [0xD2] + descriptor) == .form)
    var parameter = descriptor
    parameter[5] = 0xA2
    parameter.insert(contentsOf: [0x18, 0x63, 0x00], at: 16)
    #expect(network.refusal(of: parameter) == .form)
    #expect(network.refusal(of: try network.sign(Content().encoded, keyIdentifier: [1, 2, 3])) == .form)
    var other = descriptor
    other[4] = 0x27
    #expect(network.refusal(of: other) == .form, "another algorithm")
  }

  @Test("Another version")
  func version() throws {
    #expect(try refusal(Content().with(1, .uint(2))) == .version)
    #expect(try refusal(Content().with(1, nil)) == .version)
  }

  @Test("No name of a network, an empty one, one that is too long or no text")
  func networkName() throws {
    #expect(try refusal(Content().with(2, nil)) == .network)
    #expect(try refusal(Content().with(2, .text(""))) == .network)
    #expect(try refusal(Content().with(2, .text(String(repeating: "n", count: 65)))) == .network)
    #expect(try refusal(Content().with(2, .bytes([0x41]))) == .network)
  }

  @Test("No epoch, epoch 0, an epoch of more than 32 bits")
  func epoch() throws {
    #expect(try refusal(Content().with(3, nil)) == .epoch)
    #expect(try refusal(Content().with(3, .uint(0))) == .epoch)
    #expect(try refusal(Content().with(3, .uint(1 << 32))) == .epoch)
    #expect(try refusal(Content().with(3, .negative(0))) == .epoch)
  }

  @Test("No manager's key, three, one of another length")
  func managerKeys() throws {
    let three = CBOR.array((0..<3).map { _ in .bytes(Network.key()) })
    #expect(try refusal(Content().with(4, nil)) == .managerKeys)
    #expect(try refusal(Content().with(4, .array([]))) == .managerKeys)
    #expect(try refusal(Content().with(4, three)) == .managerKeys)
    #expect(try refusal(Content().with(4, .array([.bytes([UInt8](repeating: 4, count: 65))]))) == .managerKeys)
  }

  @Test("No list of signers, three signers, one of another length")
  func signers() throws {
    let three = CBOR.array((0..<3).map { _ in .bytes(Network.key()) })
    #expect(try refusal(Content().with(5, nil)) == .signers)
    #expect(try refusal(Content().with(5, three)) == .signers)
    #expect(try refusal(Content().with(5, .array([.bytes([1])]))) == .signers)
  }

  @Test("No anchor, three, one without a key")
  func anchors() throws {
    let one = CBOR.array([.bytes(Network.name("Test root")), .bytes(Network.key())])
    #expect(try refusal(Content().with(6, nil)) == .anchors)
    #expect(try refusal(Content().with(6, .array([]))) == .anchors)
    #expect(try refusal(Content().with(6, .array([one, one, one]))) == .anchors)
    #expect(try refusal(Content().with(6, .array([.array([.bytes(Network.name("Test root"))])]))) == .anchors)
    let short = CBOR.array([.bytes(Network.name("Test root")), .bytes([1, 2])])
    #expect(try refusal(Content().with(6, .array([short]))) == .anchors)
  }

  @Test(
    "An anchor's name that is empty, no SEQUENCE, of another length than it says, not in the shortest form or too long",
    arguments: [
      [], [0x30], [0x30, 0x00], [0x31, 0x02, 0x05, 0x00], [0x30, 0x03, 0x05, 0x00], [0x30, 0x01, 0x05, 0x00],
      [0x30, 0x81, 0x02, 0x05, 0x00], [0x30, 0x80, 0x05, 0x00], [0x30, 0x7F] + [UInt8](repeating: 5, count: 127),
    ] as [[UInt8]])
  func anchorName(_ name: [UInt8]) throws {
    let anchor = CBOR.array([.bytes(name), .bytes(Network.key())])
    #expect(try refusal(Content().with(6, .array([anchor]))) == .anchorName)
  }

  @Test("One key twice")
  func duplicateKey() throws {
    let key = CBOR.bytes(Network.key())
    let anchors = ["one", "two"].map { CBOR.array([.bytes(Network.name($0)), key]) }
    #expect(try refusal(Content().with(4, .array([key, key]))) == .duplicateKey)
    #expect(try refusal(Content().with(5, .array([key, key]))) == .duplicateKey)
    #expect(try refusal(Content().with(6, .array(anchors))) == .duplicateKey)
  }

  @Test("A field that may not be passed over")
  func criticalField() throws {
    #expect(try refusal(Content().adding(.negative(0), .uint(1))) == .criticalField)
    #expect(try refusal(Content().adding(.text("x"), .uint(1))) == .criticalField)
  }

  @Test("A root that is no key")
  func rootKey() throws {
    var cryptography = HostCryptography()
    let descriptor = try network.descriptor()
    #expect(throws: TrustError.refused(.rootKey)) {
      let short = Array(network.rootPublicKey.dropLast())
      _ = try TrustDescriptor(descriptor.span, root: short.span, with: &cryptography)
    }
    // No point of the curve, under its own name.
    let zero = [UInt8](repeating: 0, count: 64)
    let named = try network.sign(Content().encoded, keyIdentifier: Array((zero.keyThumbprint ?? []).prefix(8)))
    #expect(throws: TrustError.refused(.rootKey)) {
      _ = try TrustDescriptor(named.span, root: zero.span, with: &cryptography)
    }
  }

  @Test("Another root, also one that takes the pinned one's name")
  func otherRoot() throws {
    let stranger = Network()
    #expect(network.refusal(of: try stranger.descriptor()) == .otherRoot)
    let kid = Array((network.rootPublicKey.keyThumbprint ?? []).prefix(8))
    #expect(network.refusal(of: try stranger.sign(Content().encoded, keyIdentifier: kid)) == .signature)
  }

  @Test("The root's signature over the same bytes for another purpose")
  func otherContext() throws {
    #expect(network.refusal(of: try network.sign(Content().encoded, context: "")) == .signature)
    #expect(network.refusal(of: try network.sign(Content().encoded, context: "muster-list")) == .signature)
  }

  @Test("The numbers are the ones of docs/spec/trust.md, and none was given twice")
  func numbers() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let specification = try String(contentsOf: root.appending(path: "docs/spec/trust.md"), encoding: .utf8)
    var documented: Set<UInt8> = []
    for line in specification.split(separator: "\n") where line.hasPrefix("| ") {
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count >= 3, let number = UInt8(cells[0]) else { continue }
      let refusal = try #require(TrustRefusal(rawValue: number))
      #expect("\(refusal)" == cells[1])
      #expect(documented.insert(number).inserted)
    }
    #expect(documented == Set((0...255).filter { TrustRefusal(rawValue: $0) != nil }))
  }
}
