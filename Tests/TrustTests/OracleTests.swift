import Crypto
import Foundation
import PKI
import TestKit
import Testing

@testable import Trust

@Suite("pycose and cbor2 agree on descriptors")
struct OracleTests {
  private let key: P256.Signing.PrivateKey
  private let root: SigningKey
  private var rootPublicKey: [UInt8] { Array(key.publicKey.rawRepresentation) }

  init() throws {
    key = P256.Signing.PrivateKey()
    root = try SigningKey(pem: key.pemRepresentation)
  }

  private func ask(_ lines: [String]) throws -> [String] {
    try Oracle.run("pycose_trust.py", lines: [Array(key.rawRepresentation).hexadecimal] + lines)
  }

  @Test("They verify our descriptors and read what we wrote, and find the one that is not the root's")
  func theyRead() throws {
    let all = Self.terms()
    var lines = try all.map { "read " + (try $0.signed(by: root)).hexadecimal }
    lines.append("read " + (try all[0].signed(by: SigningKey())).hexadecimal)
    #expect(try ask(lines) == all.map { JSON($0).line } + ["bad"])
  }

  @Test("We take the descriptors they write, and read what they wrote")
  func weRead() throws {
    let all = Self.terms()
    let theirs = try ask(all.map { "write " + JSON($0).line })
    try #require(theirs.count == all.count)
    for (descriptor, terms) in zip(theirs, all) {
      #expect(try TrustTerms(descriptor: bytes(hexadecimal: descriptor), root: rootPublicKey) == terms)
    }
  }

  @Test("cbor2 and hashlib compute the same thumbprints (RFC 9679)")
  func thumbprints() throws {
    let keys = (0..<8).map { _ in Network.key() }
    let theirs = try ask(keys.map { "thumbprint " + $0.hexadecimal })
    #expect(theirs == keys.map { ($0.keyThumbprint ?? []).hexadecimal })
  }

  /// From the least to the most there can be.
  private static func terms() -> [TrustTerms] {
    var all: [TrustTerms] = []
    for count in 0..<6 {
      var terms = Network(name: String(repeating: "é", count: count * 6 + 1), epoch: UInt32(1 << (count * 6))).terms
      terms.managerKeys = (0..<1 + count % 2).map { _ in Network.key() }
      terms.signers = (0..<count % 3).map { _ in Network.key() }
      terms.anchors = (0..<1 + count / 3).map {
        TrustTerms.Anchor(name: Network.name(String(repeating: "a", count: 100 + $0)), publicKey: Network.key())
      }
      all.append(terms)
    }
    return all
  }
}

/// Terms as the oracle prints them.
private struct JSON: Encodable {
  let version = 1
  let network: String
  let epoch: UInt32
  let managerKeys: [String]
  let signers: [String]
  let anchors: [[String]]

  init(_ terms: TrustTerms) {
    network = terms.network
    epoch = terms.epoch
    managerKeys = terms.managerKeys.map(\.hexadecimal)
    signers = terms.signers.map(\.hexadecimal)
    anchors = terms.anchors.map { [$0.name.hexadecimal, $0.publicKey.hexadecimal] }
  }

  /// One line, keys sorted, no character beyond ASCII: as Python's json writes it.
  var line: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let text = String(decoding: (try? encoder.encode(self)) ?? Data(), as: UTF8.self)
    return text.replacing("é", with: "\\u00e9")
  }
}

func bytes(hexadecimal text: String) -> [UInt8] {
  let digits = text.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}
