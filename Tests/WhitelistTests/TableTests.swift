import TestKit
import Testing

@testable import Whitelist

@Suite("Reading issuers, rules and entries, by the rules' numbers")
struct TableTests {
  private let network = Network()

  @Test("Rule 6: issuers ascend, are two hashes each, and are at most eight")
  func issuers() throws {
    func refusal(_ issuers: [CBOR]) throws -> WhitelistRefusal? {
      try network.refusal(of: Content().with(13, .array(issuers)))
    }
    #expect(try refusal((1...8).map { Content.issuer($0) }) == nil)
    #expect(try refusal((1...9).map { Content.issuer($0) }) == .issuers)
    #expect(try refusal([Content.issuer(2), Content.issuer(1)]) == .issuers)
    #expect(try refusal([Content.issuer(1), Content.issuer(1)]) == .issuers)
    #expect(try refusal([.array([.bytes(Network.thumbprint)])]) == .issuers)
    #expect(try refusal([.array([.bytes(Network.thumbprint), .bytes([1])])]) == .issuers)
    #expect(try refusal([]) == .entryIndex, "the entry's issuer")
  }

  @Test("Rule 6: entries ascend by issuer and number, not by bytes, and none stands there twice")
  func entryOrder() throws {
    func refusal(_ entries: [(UInt64, [UInt8])]) throws -> WhitelistRefusal? {
      let entries = entries.map { CBOR.array([.uint($0.0), .bytes($0.1)]) }
      let issuers = CBOR.array([Content.issuer(1), Content.issuer(2)])
      return try network.refusal(of: Content(entries: entries).with(13, issuers))
    }
    #expect(try refusal([(0, [2]), (0, [1, 0]), (0, [1, 0, 0]), (1, [1])]) == nil)
    #expect(try refusal([(0, [1, 0]), (0, [2])]) == .entryOrder)
    #expect(try refusal([(1, [1]), (0, [2])]) == .entryOrder)
    #expect(try refusal([(0, [2]), (0, [2])]) == .entryOrder)
    #expect(try refusal([(2, [1])]) == .entryIndex)
  }

  @Test("Rule 6: a serial number has 1 to 20 bytes and no leading zero")
  func serialNumber() throws {
    for bytes: [UInt8] in [[], [0], [0, 1], [UInt8](repeating: 1, count: 21)] {
      let entry = CBOR.array([.uint(0), .bytes(bytes)])
      #expect(try network.refusal(of: Content(entries: [entry])) == .serialNumber)
      let predecessor = Content.entry(7, .map([(.uint(4), .array([.uint(0), .bytes(bytes)]))]))
      #expect(try network.refusal(of: Content(entries: [predecessor])) == .serialNumber)
    }
    let longest = CBOR.array([.uint(0), .bytes([UInt8](repeating: 0xFF, count: 20))])
    #expect(try network.refusal(of: Content(entries: [longest])) == nil)
  }

  @Test("Rule 4: an entry is issuer and serial number, then rules, then options, and nothing else")
  func entry() throws {
    let wrong: [CBOR] = [
      .uint(1), .array([]), .array([.uint(0)]), .array([.text("x"), .bytes([7])]), Content.entry(7, .map([])),
      Content.entry(7, .map([(.uint(1), .uint(1))]), .uint(0)), Content.entry(7, .uint(0), .uint(0)),
      Content.entry(7, .uint(0), .map([(.uint(2), .uint(1))]), .uint(0)), Content.entry(7, .bytes([])),
      Content.entry(7, .map([(.uint(1), .bytes([1]))])), Content.entry(7, .map([(.uint(2), .uint(0))])),
      Content.entry(7, .map([(.uint(3), .uint(.max))])), Content.entry(7, .map([(.uint(4), .array([.uint(0)]))])),
      Content.entry(7, .map([(.uint(3), .uint(5)), (.uint(2), .uint(1))])),
      // Itself.
      Content.entry(7, .map([(.uint(4), .array([.uint(0), .bytes([7])]))])),
    ]
    for (index, entry) in wrong.enumerated() {
      #expect(try network.refusal(of: Content(entries: [entry])) == .entry, "\(index)")
    }
    #expect(try network.refusal(of: Content(entries: [Content.entry(7, .uint(1))])) == .entryIndex, "no such rules")
  }

  @Test("Rule 4: rules have their fields in order and their values in bounds")
  func rules() throws {
    func refusal(_ rule: (CBOR, CBOR)...) throws -> WhitelistRefusal? {
      try network.refusal(of: Content().with(rules: [.map(rule)]))
    }
    let nine = CBOR.array((1...9).map { .uint($0) })
    let good: [CBOR] = [.uint(1), .array([]), .array([.uint(1)]), .array((1...8).map { .uint($0) })]
    for value in good {
      for field: UInt64 in 2...4 { #expect(try refusal((.uint(field), value)) == nil) }
    }
    for value in [CBOR.uint(0), .negative(0), .text("coap"), nine, .array([.uint(0)]), .array([.array([])])] {
      for field: UInt64 in 2...4 { #expect(try refusal((.uint(field), value)) == .rules) }
    }
    #expect(try refusal((.uint(1), .uint(0))) == .rules)
    #expect(try refusal((.uint(1), .uint(3))) == .rules)
    #expect(try refusal((.uint(4), .uint(65_536))) == .rules)
    #expect(try refusal((.uint(4), .array([.array([.uint(1), .uint(65_535)])]))) == nil)
    #expect(try refusal((.uint(4), .array([.array([.uint(2), .uint(1)])]))) == .rules)
    #expect(try refusal((.uint(2), .array([.array([.uint(1), .uint(2)])]))) == .rules, "only ports have ranges")
    #expect(try refusal((.uint(5), .uint(1))) == .rules)
    #expect(try refusal((.uint(5), .uint(256))) == .rules)
    #expect(try refusal((.uint(2), .uint(1)), (.uint(1), .uint(1))) == .rules)
    #expect(try network.refusal(of: Content().with(rules: (0..<8).map { _ in .map([]) })) == nil)
    #expect(try network.refusal(of: Content().with(rules: (0..<9).map { _ in .map([]) })) == .rules)
    #expect(try network.refusal(of: Content().with(14, .array((0..<64).map { _ in .array([]) }))) == nil)
    #expect(try network.refusal(of: Content().with(14, .array((0..<65).map { _ in .array([]) }))) == .rules)
  }
}
