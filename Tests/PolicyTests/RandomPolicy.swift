import PKI
import Policy
import TestKit
import Whitelist

/// Small policies with everything in them, drawn by chance that can be repeated.
struct RandomPolicy {
  var policy = Policy(network: "plant")
  private var random: SplitMix

  init(seed: UInt64) {
    random = SplitMix(seed: seed)
    policy.issuers = [
      "ca": .init(name: [UInt8](repeating: 1, count: 32), key: [UInt8](repeating: 2, count: 32)),
      "old": .init(name: [UInt8](repeating: 1, count: 32), key: [UInt8](repeating: 3, count: 32)),
    ]
    for index in 0..<Int.random(in: 2...9, using: &random) { policy.devices.append(device(index)) }
    policy.groups["few"] = selectors(among: [])
    policy.groups["more"] = selectors(among: ["few"])
    policy.roles["server"] = PolicyRole(
      members: selectors(among: ["few", "more"]),
      accepts: (0..<Int.random(in: 0...2, using: &random)).map { _ in use() })
    policy.roles["broker"] = PolicyRole(members: selectors(among: ["server"]), accepts: [use()])
    for index in 0..<Int.random(in: 0...5, using: &random) {
      let names = ["few", "more", "server", "broker"]
      let rule =
        random.happens(0.3)
        ? PolicyRule(
          "r\(index)", from: selectors(among: names),
          to: random.happens(0.5) ? [.name("server")] : [.name("server"), .name("broker")], use: nil)
        : PolicyRule("r\(index)", from: selectors(among: names), to: selectors(among: names), use: use())
      policy.rules.append(rule)
    }
  }

  /// Any device of this number.
  mutating func device(_ index: Int) -> PolicyDevice {
    var device = PolicyDevice("\(index.isMultiple(of: 2) ? "sensor" : "pump")-\(index)")
    if random.happens(0.9) { device.thumbprint = [UInt8](repeating: UInt8(index), count: 32) }
    device.labels = ["a", "b", "c"].filter { _ in random.happens(0.4) }
    for number in 0..<[0, 1, 1, 1, 2][Int.random(in: 0..<5, using: &random)] {
      let pin = random.happens(0.3) ? [UInt8](repeating: UInt8(100 + index), count: 32) : nil
      device.certificates.append(
        .init(issuer: random.happens(0.5) ? "ca" : "old", serialNumber: [UInt8(index + 1), UInt8(number)], pin: pin))
    }
    return device
  }

  private mutating func selectors(among names: [String]) -> [PolicySelector] {
    (0..<Int.random(in: 0...3, using: &random)).map { _ in
      let device = policy.devices[Int.random(in: 0..<policy.devices.count, using: &random)]
      switch Int.random(in: 0...6, using: &random) {
      case 0: return .glob(["*", "sensor-*", "*-?", "*p-1", "?ump*"].randomElement(using: &random) ?? "*")
      case 1: return .label(["a", "b", "c", "d"].randomElement(using: &random) ?? "a")
      case 2: return .key(device.thumbprint ?? [UInt8](repeating: 101, count: 32))
      case 3: return .certificate(issuer: "ca", serialNumber: device.certificates.first?.serialNumber ?? [9])
      case 4: return .name(device.name)
      default: return .name(names.randomElement(using: &random) ?? device.name)
      }
    }
  }

  private mutating func use() -> WhitelistTerms.Rule {
    var use = WhitelistTerms.Rule()
    func some<Value>(_ values: [Value], _ random: inout SplitMix) -> [Value] {
      Array(values.shuffled(using: &random).prefix(Int.random(in: 1...2, using: &random)))
    }
    if random.happens(0.6) { use.protocols = some([.coap, .mqtt, .http], &random) }
    if random.happens(0.6) { use.transports = some([.tls, .oscore, .dtls], &random) }
    if random.happens(0.6) { use.ports = some([1...3, 2...2, 3...5, 6...6, 65_535...65_535], &random) }
    if random.happens(0.2) { use.leastTLSVersion = UInt8.random(in: 2...3, using: &random) }
    return use
  }
}
