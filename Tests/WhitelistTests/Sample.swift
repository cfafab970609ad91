import PKI
import TestKit
import Whitelist

/// Lists as values, with chance that can be repeated.
enum Sample {
  static let issuer = WhitelistTerms.Issuer(
    name: [UInt8](repeating: 0x11, count: 32), key: [UInt8](repeating: 0x22, count: 32))
  static let otherIssuer = WhitelistTerms.Issuer(
    name: [UInt8](repeating: 0x11, count: 32), key: [UInt8](repeating: 0x23, count: 32))

  static func terms(_ entries: [WhitelistTerms.Entry] = []) -> WhitelistTerms {
    WhitelistTerms(
      network: "Test network", holder: "sensor-7", holderThumbprint: Network.thumbprint, thisUpdate: 1_000_000,
      nextUpdate: 1_100_000, hardExpiry: 1_200_000, entries: entries)
  }

  static func certificate(_ serialNumber: [UInt8], _ issuer: WhitelistTerms.Issuer = issuer)
    -> WhitelistTerms.Certificate
  {
    WhitelistTerms.Certificate(issuer: issuer, serialNumber: serialNumber)
  }

  /// A serial number as a certification authority draws it.
  static func serialNumber(_ random: inout SplitMix, bytes: Int = 20) -> [UInt8] {
    var number = random.bytes(bytes)
    number[0] = number[0] & 0x7F | 0x40
    return number
  }

  /// Peers with one rule each, of four kinds.
  static func peers(_ count: Int, seed: UInt64 = 6) -> [WhitelistTerms.Entry] {
    var random = SplitMix(seed: seed)
    let rules: [WhitelistTerms.Rule] = [
      .init(.outward, [.coap], over: [.oscore], ports: [5684...5684]),
      .init(.inward, [.coap], over: [.oscore], ports: [5684...5684]),
      .init(.outward, [.mqtt], over: [.tls], ports: [8883...8883], leastTLSVersion: 3),
      .init(.inward, [.opcUA], over: [.tls], ports: [4840...4843]),
    ]
    return (0..<count).map { .init(certificate(serialNumber(&random)), rules: [rules[$0 % 4]]) }
  }

  /// Any terms there may be, small, so that chance meets what it looks for.
  static func terms(using random: inout SplitMix) -> WhitelistTerms {
    var terms = terms()
    terms.epoch = UInt32.random(in: 1...40, using: &random)
    terms.number = UInt64.random(in: 1...(.max - 1), using: &random)
    terms.stalePolicy = StalePolicy.all.randomElement(using: &random) ?? .grace
    terms.timeMode = TimeMode.all.randomElement(using: &random) ?? .clock
    terms.offlineRestarts = UInt32.random(in: 0...3, using: &random)
    let isTimed = terms.timeMode != .counterOnly
    if isTimed, random.happens(0.3) { terms.observeUntil = UInt64.random(in: 1_000_001...1_100_000, using: &random) }
    var names: Set<WhitelistTerms.Certificate> = []
    for _ in 0..<Int.random(in: 0...100, using: &random) {
      let issuer = random.happens(0.5) ? issuer : otherIssuer
      let bytes = [1, 1, 2, 19, 20].randomElement(using: &random) ?? 1
      names.insert(certificate(serialNumber(&random, bytes: bytes), issuer))
    }
    let certificates = names.sorted { "\($0)" < "\($1)" }.shuffled(using: &random)
    // More sets of rules than these would not go into the table.
    let ruleSets = (0..<40).map { _ in (0..<Int.random(in: 0...3, using: &random)).map { _ in rule(&random) } }
    for certificate in certificates {
      var entry = WhitelistTerms.Entry(certificate)
      if random.happens(0.8) { entry.rules = ruleSets.randomElement(using: &random) }
      if random.happens(0.2) { entry.pin = [UInt8](repeating: UInt8.random(in: 1...2, using: &random), count: 32) }
      if isTimed, random.happens(0.2) { entry.validFrom = UInt64.random(in: 990_000...1_050_000, using: &random) }
      if isTimed, random.happens(0.2) { entry.validUntil = UInt64.random(in: 1_050_001...1_150_000, using: &random) }
      if random.happens(0.1), let other = certificates.randomElement(using: &random), other != certificate {
        entry.predecessor = other
      }
      terms.entries.append(entry)
    }
    return terms
  }

  private static func rule(_ random: inout SplitMix) -> WhitelistTerms.Rule {
    var rule = WhitelistTerms.Rule()
    if random.happens(0.5) { rule.direction = PeerDirection.all.randomElement(using: &random) }
    if random.happens(0.5) { rule.protocols = values(&random).map(PeerProtocol.init) }
    if random.happens(0.5) { rule.transports = values(&random).map(PeerTransport.init) }
    if random.happens(0.5) {
      rule.ports = values(&random).map { UInt16($0)...UInt16($0 + UInt32.random(in: 0...2, using: &random)) }
    }
    if random.happens(0.3) { rule.leastTLSVersion = UInt8.random(in: 2...3, using: &random) }
    return rule
  }

  private static func values(_ random: inout SplitMix) -> [UInt32] {
    (0..<Int.random(in: 0...3, using: &random)).map { _ in UInt32.random(in: 1...4, using: &random) }
  }
}

// The core has no arrays to list its cases in.
extension StalePolicy { static let all: [StalePolicy] = [.failClosed, .keepKnownPeers, .grace] }
extension TimeMode { static let all: [TimeMode] = [.clock, .managerTime, .counterOnly] }
extension PeerDirection { static let all: [PeerDirection] = [.outward, .inward] }
