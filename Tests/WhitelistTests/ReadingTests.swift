import PKI
import TestKit
import Testing

@testable import Whitelist

@Suite("Reading lists, by the rules' numbers")
struct ReadingTests {
  private let network = Network()

  @Test("The sound list is taken, so that every refusal is for what its test changes")
  func sound() throws {
    let list = try network.read(network.sign(Content().encoded))
    #expect(list.entryCount == 1 && list.counter == WhitelistCounter(epoch: 3, number: 10))
    let all = Content(entries: [
      Content.entry(7),
      Content.entry(
        8, .uint(0),
        .map([
          (.uint(1), .bytes(Network.thumbprint)), (.uint(2), .uint(5)), (.uint(3), .uint(6)),
          (.uint(4), .array([.uint(0), .bytes([7])])),
        ])),
    ]).adding(.uint(16), .uint(1_050_000)).adding(.uint(18), .bytes([1, 2]))
    #expect(try network.refusal(of: all) == nil)
  }

  @Test("Rule 1: 0, 1 and 2,048 entries are taken, one more is not; nor is one more than there is room for")
  func entries() throws {
    for count in [0, 1, 31, 32, 33, 2_047, 2_048, 2_049] {
      let entries = (0..<count).map { CBOR.array([.uint(0), .bytes([1, UInt8($0 >> 8), UInt8($0 & 0xFF)])]) }
      let list = try network.sign(Content(entries: entries).encoded)
      #expect(network.refusal(of: list) == (count > 2_048 ? .tooManyEntries : nil), "\(count)")
      guard count <= 33 else { continue }
      let refusal = network.refusal(of: list, capacity: WhitelistCapacity(entries: 32))
      #expect(refusal == (count > 32 ? .tooManyEntries : nil))
    }
  }

  @Test("Rule 1: 65,535 bytes are taken, one more is not; nor is one more than there is room for")
  func bytes() throws {
    func list(of count: Int) throws -> [UInt8] {
      let bare = try network.sign(Content().adding(.uint(18), .bytes([UInt8](repeating: 0, count: 60_000))).encoded)
      let content = Content().adding(.uint(18), .bytes([UInt8](repeating: 0, count: 60_000 + count - bare.count)))
      return try network.sign(content.encoded)
    }
    #expect(try list(of: 65_535).count == 65_535)
    #expect(network.refusal(of: try list(of: 65_535)) == nil)
    #expect(network.refusal(of: try list(of: 65_536)) == .tooLarge)
    let room = WhitelistCapacity(listBytes: 61_000)
    #expect(network.refusal(of: try list(of: 61_000), capacity: room) == nil)
    #expect(network.refusal(of: try list(of: 61_001), capacity: room) == .tooLarge)
  }

  @Test("Rule 2: any form of COSE_Sign1 but the one, and what is none")
  func form() throws {
    let list = try network.sign(Content().encoded)
    #expect(network.refusal(of: [0xD2] + list) == .form, "the tag")
    var parameter = list
    parameter[5] = 0xA2
    parameter.insert(contentsOf: [0x18, 0x63, 0x00], at: 16)
    #expect(network.refusal(of: parameter) == .form, "another parameter")
    #expect(network.refusal(of: try network.sign(Content().encoded, keyIdentifier: [1, 2, 3])) == .form)
    for index in 1..<8 {
      var other = list
      other[index] ^= 1
      #expect(network.refusal(of: other) == .form)
    }
    var head = list
    head.replaceSubrange(list.count - 66..<list.count - 64, with: [0x58, 0x41])
    #expect(network.refusal(of: head) == .form, "a signature of 65 bytes")
    #expect(network.refusal(of: [0x01]) == .malformed)
    #expect(network.refusal(of: Array("whitelist".utf8)) == .malformed)
    var text = list
    text[16] ^= 0x20
    #expect(network.refusal(of: text) == .malformed, "a content that is text")
  }

  @Test("Rule 2: a length in a longer form than it needs is another encoding")
  func longForm() throws {
    let list = try network.sign(Content().encoded)
    #expect(Array(list[16..<18]) == [0x58, UInt8(list.count - 16 - 2 - 66)])
    #expect(network.refusal(of: list[..<16] + [0x59, 0x00] + list[17...]) == .malformed)
    var content = Content().encoded
    content.replaceSubrange(1..<3, with: [0x18, 0x01, 0x01])
    #expect(network.refusal(of: try network.sign(content)) == .version)
  }

  @Test("Rule 2: one byte behind the signature is one too many, and behind the content too")
  func trailingBytes() throws {
    #expect(network.refusal(of: try network.sign(Content().encoded) + [0]) == .trailingBytes)
    #expect(network.refusal(of: try network.sign(Content().encoded + [0])) == .malformed)
  }

  @Test("Rule 2: cut anywhere, a list is truncated and nothing else")
  func truncated() throws {
    let list = try network.sign(Content().encoded)
    for count in 0..<list.count { #expect(network.refusal(of: Array(list.prefix(count))) == .truncated, "\(count)") }
  }

  @Test("Rule 3: unsigned, a content without its envelope or one with an empty signature")
  func unsigned() throws {
    let content = Content().encoded
    #expect(network.refusal(of: content) == .unsigned)
    let list = try network.sign(content)
    #expect(network.refusal(of: list.dropLast(66) + [0x40]) == .unsigned)
  }

  @Test("Rule 3: either signer of the descriptor is believed, an old or unknown one is not")
  func signers() throws {
    let list = try network.sign(Content().encoded)
    let byNext = try network.sign(Content().encoded, by: network.nextSigner)
    #expect(network.refusal(of: byNext) == nil)
    let (first, next) = (network.signers[0], network.signers[1])
    // After a change of signers the old one is out, whatever it signed before.
    #expect(network.refusal(of: list, signers: [next]) == .otherSigner)
    #expect(network.refusal(of: byNext, signers: [next]) == nil)
    #expect(network.refusal(of: list, signers: []) == .otherSigner)
    #expect(network.refusal(of: try Network().sign(Content().encoded)) == .otherSigner)
    let kid = Array((first.keyThumbprint ?? []).prefix(8))
    let forged = try Network().sign(Content().encoded, keyIdentifier: kid)
    #expect(network.refusal(of: forged) == .signature)
    let zero = [UInt8](repeating: 0, count: 64)
    let named = try network.sign(Content().encoded, keyIdentifier: Array((zero.keyThumbprint ?? []).prefix(8)))
    #expect(network.refusal(of: named, signers: [zero]) == .signerKey)
  }

  @Test("Rule 3: a signer's signature over the same bytes for another purpose is none")
  func context() throws {
    for context in ["", "muster-trust", "muster-cwl "] {
      #expect(network.refusal(of: try network.sign(Content().encoded, context: context)) == .signature)
    }
  }

  @Test("Rule 3: every bit flipped is noticed before anything is believed")
  func everyBit() throws {
    let list = try network.sign(Content().encoded)
    let beforeSignature: Set<WhitelistRefusal> = [
      .malformed, .truncated, .trailingBytes, .form, .unsigned, .otherSigner, .signature,
    ]
    for bit in 0..<list.count * 8 {
      var flipped = list
      flipped[bit / 8] ^= 1 << UInt8(bit % 8)
      let refusal = try #require(network.refusal(of: flipped), "bit \(bit)")
      #expect(beforeSignature.contains(refusal), "bit \(bit)")
    }
  }

  @Test("Rule 4: the content is a map, and each of the fifteen fields is there")
  func fields() throws {
    #expect(network.refusal(of: try network.sign([0x80])) == .malformed)
    #expect(network.refusal(of: try network.sign([])) == .malformed)
    let reasons: [WhitelistRefusal] = [
      .version, .network, .list, .holder, .epoch, .number, .times, .times, .times, .stalePolicy, .timeMode, .timeMode,
      .issuers, .rules, .entry,
    ]
    for (index, reason) in reasons.enumerated() {
      #expect(try network.refusal(of: Content().with(index + 1, nil)) == reason, "field \(index + 1)")
      // Nor is anything of another kind in its place.
      #expect(try network.refusal(of: Content().with(index + 1, .array([.map([])]))) == reason, "field \(index + 1)")
    }
    var swapped = Content()
    swapped.fields.swapAt(0, 1)
    #expect(try network.refusal(of: swapped) == .version)
    #expect(try network.refusal(of: Content().with(1, .uint(2))) == .version)
  }

  @Test("Rule 4: names, ids, epochs and numbers have their bounds")
  func header() throws {
    func refusal(_ field: Int, _ value: CBOR) throws -> WhitelistRefusal? {
      try network.refusal(of: Content().with(field, value))
    }
    func holder(_ name: String, _ count: Int) -> CBOR {
      .array([.text(name), .bytes([UInt8](repeating: 1, count: count))])
    }
    for text in ["", String(repeating: "n", count: 65)] {
      #expect(try refusal(2, .text(text)) == .network)
      #expect(try refusal(4, holder(text, 32)) == .holder)
    }
    #expect(try refusal(2, .text(String(repeating: "é", count: 32))) == nil)
    #expect(try refusal(2, CBOR(encoded: [0x61, 0xFF])) == .network, "no UTF-8")
    #expect(try refusal(4, holder("x", 31)) == .holder)
    #expect(try refusal(4, .array([.text("x")])) == .holder)
    #expect(try refusal(3, .uint(0)) == .list)
    #expect(try refusal(3, .uint(1 << 32)) == .list)
    #expect(try refusal(5, .uint(0)) == .epoch)
    #expect(try refusal(5, .uint(1 << 32)) == .epoch)
    #expect(try refusal(10, .uint(0)) == .stalePolicy)
    #expect(try refusal(10, .uint(4)) == .stalePolicy)
    #expect(try refusal(10, .uint(257)) == .stalePolicy)
    #expect(try refusal(11, .uint(4)) == .timeMode)
    #expect(try refusal(12, .uint(65_535)) == nil)
    #expect(try refusal(12, .uint(65_536)) == .timeMode)
  }

  @Test("Rule 12: a number is 1 to 2^64-2")
  func number() throws {
    #expect(try network.refusal(of: Content().with(6, .uint(0))) == .number)
    #expect(try network.refusal(of: Content().with(6, .uint(.max))) == .number)
    #expect(try network.refusal(of: Content().with(6, .uint(.max - 1))) == nil)
  }

  @Test("Rule 5: fields to come are passed over, critical ones are not, and none of them is a delta")
  func furtherFields() throws {
    let plain: [CBOR] = [.uint(1), .negative(0), .bytes([1]), CBOR(encoded: [0xF5]), CBOR(encoded: [0xF6])]
    for value in plain { #expect(try network.refusal(of: Content().adding(.uint(99), value)) == nil) }
    for value in [CBOR.text("x"), .array([]), .map([]), CBOR(encoded: [0xC1, 0x01]), CBOR(encoded: [0xF7])] {
      #expect(try network.refusal(of: Content().adding(.uint(99), value)) == .malformed)
    }
    for key in [CBOR.negative(0), .text("x"), .bytes([1])] {
      #expect(try network.refusal(of: Content().adding(key, .uint(1))) == .criticalField)
    }
    #expect(try network.refusal(of: Content().adding(.uint(17), .uint(9))) == .delta)
    let descending = Content().adding(.uint(20), .uint(1)).adding(.uint(19), .uint(1))
    #expect(try network.refusal(of: descending) == .malformed)
    #expect(try network.refusal(of: Content().adding(.uint(15), .uint(1))) == .malformed, "twice")
  }

  @Test("Rule 5: an option or a part of a rule that is not known may narrow it, and is refused")
  func unknownParts() throws {
    for key in [CBOR.uint(9), .negative(0), .text("x")] {
      let options = Content(entries: [Content.entry(7, .map([(key, .uint(1))]))])
      #expect(try network.refusal(of: options) == .criticalField)
      #expect(try network.refusal(of: Content().with(rules: [.map([(key, .uint(1))])])) == .criticalField)
    }
  }

  @Test("Rule 7: two signatures over one content are one list, with one digest")
  func digest() throws {
    let content = Content().encoded
    let (first, second) = (try network.sign(content), try network.sign(content))
    #expect(first != second)
    #expect(try WhitelistTerms.digest(of: first) == WhitelistTerms.digest(of: second))
    var digest = [UInt8](repeating: 0, count: 32)
    var span = digest.mutableSpan
    let list = try network.read(first)
    try list.digest(of: ListBytes(first), into: &span, with: HostCryptography())
    #expect(try digest == WhitelistTerms.digest(of: first))
  }

  @Test("Rule 8: this update is before the next, which is not behind the end")
  func times() throws {
    #expect(try network.refusal(of: Content().with(7, .uint(1_100_000))) == .times)
    #expect(try network.refusal(of: Content().with(9, .uint(1_099_999))) == .times)
    #expect(try network.refusal(of: Content().with(9, .uint(1_100_000))) == nil)
    #expect(try network.refusal(of: Content().with(9, .uint(.max))) == nil)
  }
}
