import Crypto
import Foundation
import PKI
import TestKit
import Testing

@testable import Whitelist

@Suite("pycose and cbor2 agree on whitelists")
struct OracleTests {
  private let key: P256.Signing.PrivateKey
  private let signer: SigningKey
  private let network = Network()
  private var signers: [[UInt8]] { [Array(key.publicKey.rawRepresentation)] }

  init() throws {
    key = P256.Signing.PrivateKey()
    signer = try SigningKey(pem: key.pemRepresentation)
  }

  private func ask(_ lines: [String]) throws -> [String] {
    try Oracle.run("cwl.py", lines: [Array(key.rawRepresentation).hexadecimal] + lines)
  }

  /// From none to the most rules there can be, by chance.
  private func samples(_ count: Int, seed: UInt64) -> [WhitelistTerms] {
    var random = SplitMix(seed: seed)
    return [Sample.terms(), Sample.terms(Sample.peers(1_000))] + (0..<count).map { _ in Sample.terms(using: &random) }
  }

  @Test("They verify our lists and read what we wrote, and find the one that is another's")
  func theyRead() throws {
    let all = samples(30, seed: 5914)
    var lines = try all.map { "read " + (try $0.signed(by: signer)).hexadecimal }
    lines.append("read " + (try all[0].signed(by: network.signer)).hexadecimal)
    let theirs = try ask(lines)
    for (their, our) in zip(theirs, all.map { JSON($0).line } + ["bad"]) { #expect(their == our) }
    #expect(theirs.count == lines.count)
  }

  @Test("We take the lists they write, and read what they wrote")
  func weRead() throws {
    let all = samples(30, seed: 9052)
    let theirs = try ask(all.map { "write " + JSON($0).line })
    try #require(theirs.count == all.count)
    for (list, terms) in zip(theirs, all) {
      let read = try WhitelistTerms(list: [UInt8](hexadecimal: list), signers: signers)
      #expect(JSON(read).line == JSON(terms).line)
    }
  }

  @Test("What we read and write again is the same content")
  func roundTrip() throws {
    for terms in samples(30, seed: 8949) {
      let list = try terms.signed(by: signer)
      let again = try WhitelistTerms(list: list, signers: signers).signed(by: signer)
      // The order of equally frequent rules is that of their first use, which reading in order may change.
      #expect(try WhitelistTerms(list: again, signers: signers) == WhitelistTerms(list: list, signers: signers))
      #expect(again.count == list.count)
    }
  }

  @Test("Two thousand questions about forty lists, and for each the same decision and the same reason")
  func decisions() throws {
    var random = SplitMix(seed: 2014)
    var lines: [String] = []
    var ours: [String] = []
    for terms in samples(38, seed: 6) {
      let decide = try Decider(terms, signer: signer, signers: signers)
      let list = decide.bytes.hexadecimal
      for _ in 0..<(terms.entries.count > 500 ? 8 : 52) {
        let question = Question(about: terms, using: &random)
        lines.append("decide \(list) \(question.line)")
        ours.append(question.answer(of: decide))
      }
    }
    let theirs = try ask(lines)
    try #require(theirs.count == ours.count)
    for (index, their) in theirs.enumerated() { #expect(their == ours[index], "\(lines[index].suffix(500))") }
    // Nothing is proven by an answer that never comes.
    let answers = Set(ours.map { $0.hasPrefix("admitted") ? "admitted" : $0 })
    for denial in 3...17 {
      let name = WhitelistDenial(rawValue: UInt8(denial)).map { "denied \($0)" } ?? ""
      #expect(answers.contains(name), "no question was answered with \(name)")
    }
    #expect(answers.contains("admitted") && answers.contains("observed notListed"))
  }
}

extension Decider {
  init(_ terms: WhitelistTerms, signer: SigningKey, signers: [[UInt8]]) throws {
    bytes = try terms.signed(by: signer)
    list = try Network().read(bytes, signers: signers)
  }
}

/// What a device may be asked.
private struct Question: Encodable {
  struct Use: Encodable {
    let direction: UInt8
    let application: UInt32
    let transport: UInt32
    let port: UInt16
    let tlsVersion: UInt8?
  }
  struct Time: Encodable {
    let seconds: UInt64
    let origin: String
    let restarts: UInt32
  }

  let issuer: [String]
  let serialNumber: String
  let key: String
  let wasAdmitted: Bool
  let use: Use
  let time: Time

  init(about terms: WhitelistTerms, using random: inout SplitMix) {
    var certificate = Sample.certificate([7])
    if random.happens(0.9), let entry = terms.entries.randomElement(using: &random) { certificate = entry.certificate }
    if random.happens(0.1) { certificate.issuer = Sample.otherIssuer }
    if random.happens(0.1) { certificate.serialNumber[certificate.serialNumber.count - 1] &+= 1 }
    issuer = [certificate.issuer.name.hexadecimal, certificate.issuer.key.hexadecimal]
    serialNumber = certificate.serialNumber.hexadecimal
    key = [UInt8](repeating: UInt8.random(in: 1...2, using: &random), count: 32).hexadecimal
    wasAdmitted = random.happens(0.5)
    use = Use(
      direction: UInt8.random(in: 1...2, using: &random), application: UInt32.random(in: 1...4, using: &random),
      transport: UInt32.random(in: 1...4, using: &random), port: UInt16.random(in: 0...6, using: &random),
      tlsVersion: [nil, 2, 3].randomElement(using: &random) ?? nil)
    let ends: [UInt64] = [0, 999_699, 999_700, 1_000_000, 1_050_000, 1_099_999, 1_100_000, 1_199_999, 1_200_000]
    let seconds =
      random.happens(0.3)
      ? ends.randomElement(using: &random) ?? 0 : UInt64.random(in: 1_000_000...1_100_000, using: &random)
    time = Time(
      seconds: seconds, origin: ["floor", "manager", "clock"].randomElement(using: &random) ?? "",
      restarts: UInt32.random(in: 0...3, using: &random))
  }

  var line: String {
    let text = try? JSONEncoder().encode(self)
    return String(decoding: text ?? Data(), as: UTF8.self)
  }

  func answer(of decide: Decider) -> String {
    let (direction, transport) = (use.direction == 1 ? PeerDirection.outward : .inward, use.transport)
    let use = PeerUse(
      direction, PeerProtocol(rawValue: use.application), over: PeerTransport(rawValue: transport), port: use.port,
      tlsVersion: use.tlsVersion)
    let peer = Sample.certificate(
      [UInt8](hexadecimal: serialNumber),
      .init(name: [UInt8](hexadecimal: issuer[0]), key: [UInt8](hexadecimal: issuer[1])))
    let origin: WhitelistTime.Origin = time.origin == "floor" ? .floor : time.origin == "manager" ? .manager : .clock
    let decision = decide(
      peer, use, at: time.seconds, origin: origin, restarts: time.restarts, key: [UInt8](hexadecimal: key),
      wasAdmitted: wasAdmitted)
    switch decision {
    case .admitted(let entry): return "admitted \(entry)"
    case .observed(let denial): return "observed \(denial)"
    case .denied(let denial): return "denied \(denial)"
    }
  }
}

/// Terms as the oracle reads and prints them.
private struct JSON: Encodable {
  struct Rule: Encodable {
    let direction: UInt8?
    let protocols: [UInt32]?
    let transports: [UInt32]?
    let ports: [[UInt16]]?
    let leastTLSVersion: UInt8?
  }
  struct Entry: Encodable {
    let issuer: [String]
    let serialNumber: String
    let rules: [Rule]?
    let pin: String?
    let validFrom: UInt64?
    let validUntil: UInt64?
    let predecessor: Predecessor?
  }
  struct Predecessor: Encodable {
    let certificate: WhitelistTerms.Certificate

    func encode(to encoder: any Encoder) throws {
      var container = encoder.unkeyedContainer()
      try container.encode([certificate.issuer.name.hexadecimal, certificate.issuer.key.hexadecimal])
      try container.encode(certificate.serialNumber.hexadecimal)
    }
  }

  let network: String
  let holder: String
  let holderThumbprint: String
  let list: UInt32
  let epoch: UInt32
  let number: UInt64
  let thisUpdate: UInt64
  let nextUpdate: UInt64
  let hardExpiry: UInt64
  let stalePolicy: UInt8
  let timeMode: UInt8
  let offlineRestarts: UInt32
  let observeUntil: UInt64?
  let entries: [Entry]

  init(_ terms: WhitelistTerms) {
    (network, holder, holderThumbprint) = (terms.network, terms.holder, terms.holderThumbprint.hexadecimal)
    (list, epoch, number) = (terms.list, terms.epoch, terms.number)
    (thisUpdate, nextUpdate, hardExpiry) = (terms.thisUpdate, terms.nextUpdate, terms.hardExpiry)
    (stalePolicy, timeMode) = (terms.stalePolicy.rawValue, terms.timeMode.rawValue)
    (offlineRestarts, observeUntil) = (terms.offlineRestarts, terms.observeUntil)
    let sorted = terms.entries.sorted { left, right in
      let key = { (entry: WhitelistTerms.Entry) -> [UInt8] in
        let serialNumber = entry.certificate.serialNumber
        let padded = [UInt8](repeating: 0, count: 20 - serialNumber.count) + serialNumber
        return entry.certificate.issuer.name + entry.certificate.issuer.key + padded
      }
      return key(left).lexicographicallyPrecedes(key(right))
    }
    entries = sorted.map { entry in
      Entry(
        issuer: [entry.certificate.issuer.name.hexadecimal, entry.certificate.issuer.key.hexadecimal],
        serialNumber: entry.certificate.serialNumber.hexadecimal,
        rules: entry.rules?.map { rule in
          Rule(
            direction: rule.direction?.rawValue, protocols: rule.protocols?.map(\.rawValue),
            transports: rule.transports?.map(\.rawValue), ports: rule.ports?.map { [$0.lowerBound, $0.upperBound] },
            leastTLSVersion: rule.leastTLSVersion)
        }, pin: entry.pin?.hexadecimal, validFrom: entry.validFrom, validUntil: entry.validUntil,
        predecessor: entry.predecessor.map(Predecessor.init))
    }
  }

  /// One line, keys sorted, as Python's json writes it.
  var line: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return String(decoding: (try? encoder.encode(self)) ?? Data(), as: UTF8.self)
  }
}

extension [UInt8] {
  init(hexadecimal text: String) {
    let digits = text.compactMap(\.hexDigitValue)
    self = stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}
