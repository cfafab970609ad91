import PKI
import Policy
import TestKit
import Testing
import Whitelist

@Suite("Policies become lists")
struct CompilingTests {
  private static let signer = SigningKey()

  /// Asks a device's list, signed and read again, by the code that devices decide with.
  private struct Holder {
    let bytes: [UInt8]
    let list: Whitelist

    init?(_ compiled: CompiledPolicy, _ device: PolicyDevice) throws {
      guard let terms = compiled.list(of: device.name, epoch: 1, number: 1, at: 1_000_000) else { return nil }
      bytes = try terms.signed(by: CompilingTests.signer)
      list = try Whitelist(verified: ListBytes(bytes))
    }

    func admits(_ certificate: PolicyDevice.Certificate, _ issuer: WhitelistTerms.Issuer, _ use: PeerUse) -> Bool {
      let key = certificate.pin ?? [UInt8](repeating: 7, count: 32)
      let (name, issuerKey, number) = (issuer.name, issuer.key, certificate.serialNumber)
      let peer = WhitelistPeer(
        issuerName: name.span, issuerKey: issuerKey.span, serialNumber: number.span, key: key.span, wasAdmitted: false)
      let time = WhitelistTime(seconds: 1_000_001, origin: .clock, restarts: 0)
      if case .admitted = list.decide(peer, use, at: time, in: ListBytes(bytes)) { return true }
      return false
    }
  }

  private static let uses: [PeerUse] = {
    var uses: [PeerUse] = []
    for direction in [PeerDirection.outward, .inward] {
      for application in [PeerProtocol.coap, .mqtt, .http, .syslog] {
        for (transport, versions) in [
          (PeerTransport.tls, [2, 3]), (.oscore, [nil]), (.dtls, [2]), (.quic, [nil, 3]),
        ] as [(PeerTransport, [UInt8?])] {
          for version in versions {
            for port: UInt16 in [0, 1, 2, 3, 4, 5, 6, 7, 65_534, 65_535] {
              uses.append(PeerUse(direction, application, over: transport, port: port, tlsVersion: version))
            }
          }
        }
      }
    }
    return uses
  }()

  @Test("For any policy, lists decide of all pairs, protocols, transports, ports and directions what its rules say")
  func property() throws {
    let first = UInt64.random(in: .min ... .max)
    var questions = 0
    var admitted = 0
    for seed in first..<first &+ 15 {
      let policy = RandomPolicy(seed: seed).policy
      let compiled = try CompiledPolicy(policy)
      let judge = NaiveJudge(policy: policy)
      for device in policy.devices {
        guard let holder = try Holder(compiled, device) else { continue }
        for peer in policy.devices {
          for certificate in peer.certificates {
            guard let issuer = policy.issuers[certificate.issuer] else { continue }
            for use in Self.uses {
              let expected = judge.allows(device, use, with: peer)
              questions += 1
              admitted += expected ? 1 : 0
              guard holder.admits(certificate, issuer, use) != expected else { continue }
              Issue.record("seed \(seed): \(device.name) \(use) \(peer.name) should be \(expected)")
              return
            }
          }
        }
      }
    }
    print("policies from seed \(first): \(questions) questions, \(admitted) admitted")
    #expect(admitted > 0 && admitted < questions)
  }

  @Test("A device changed, added or isolated leaves what compiling everything would, and names the lists that changed")
  func changing() throws {
    let first = UInt64.random(in: .min ... .max)
    for seed in first..<first &+ 60 {
      var chance = RandomPolicy(seed: seed)
      var compiled = try CompiledPolicy(chance.policy)
      for step in 0..<6 {
        let before = compiled
        let device = chance.device((Int(seed % 7) + step) % 11)
        let changed = try compiled.replace(device)
        let whole = try CompiledPolicy(compiled.policy)
        for name in compiled.policy.devices.map(\.name) {
          #expect(compiled.entries(of: name) == whole.entries(of: name), "seed \(seed), step \(step), \(name)")
          let isOther =
            before.list(of: name, epoch: 1, number: 1, at: 1) != compiled.list(of: name, epoch: 1, number: 1, at: 1)
          // Peers without a change in their entries are those of a device that no list can name.
          if isOther { #expect(changed.contains(name), "seed \(seed), step \(step), \(name)") }
        }
        let peers = before.peers(of: device.name) + compiled.peers(of: device.name)
        #expect(Set(changed).isSubset(of: peers.map(\.name) + [device.name]))
      }
      guard let name = compiled.policy.devices.randomElement()?.name else { continue }
      let peers = compiled.peers(of: name).map(\.name)
      #expect(compiled.isolate(name) == (peers.isEmpty ? [] : (peers + [name]).sorted()))
      #expect(compiled.peers(of: name).isEmpty)
      for other in compiled.policy.devices { #expect(!compiled.peers(of: other.name).contains { $0.name == name }) }
    }
    print("changes from seed \(first)")
  }

  @Test("Of rules that overlap a list has the fewest")
  func merging() throws {
    func sets(_ uses: [(String, String, WhitelistTerms.Rule)]) throws -> [WhitelistTerms.Rule]? {
      var policy = Policy(network: "plant")
      policy.devices = [PolicyDevice("a"), PolicyDevice("b")]
      policy.rules = uses.map { PolicyRule("r", from: [.name($0)], to: [.name($1)], use: $2) }
      return try #require(try CompiledPolicy(policy).peers(of: "a").first).rules
    }
    let secure = WhitelistTerms.Rule(nil, [.coap], over: [.oscore], ports: [5684...5684])
    #expect(
      try sets([("a", "b", secure), ("a", "b", secure)]) == [
        .init(.outward, [.coap], over: [.oscore], ports: [5684...5684])
      ])
    #expect(try sets([("a", "b", secure), ("b", "a", secure)]) == [secure])
    #expect(try sets([("a", "b", secure), ("a", "b", .init(nil, [.coap]))]) == [.init(.outward, [.coap])])
    #expect(
      try sets([("a", "b", .init(ports: [1...2])), ("a", "b", .init(ports: [3...3]))]) == [
        .init(.outward, ports: [1...3])
      ])
    #expect(try sets([("a", "b", .init()), ("b", "a", .init())]) == nil)
    let two = try #require(
      try sets([("a", "b", .init(nil, [.coap], ports: [1...1])), ("a", "b", .init(nil, [.mqtt], ports: [2...2]))]))
    #expect(two.count == 2)
    // A later version of TLS narrows: the earlier one contains it, and they are not joined otherwise.
    #expect(
      try sets([("a", "b", .init(leastTLSVersion: 3)), ("a", "b", .init(leastTLSVersion: 2))]) == [
        .init(.outward, leastTLSVersion: 2)
      ])
  }

  @Test("A change of one device among 2,000 with 50 peers each touches its peers' lists and no others")
  func locality() throws {
    var policy = Policy(network: "plant")
    policy.issuers["ca"] = .init(name: [UInt8](repeating: 1, count: 32), key: [UInt8](repeating: 2, count: 32))
    for index in 0..<2_040 {
      let serialNumber: [UInt8] = [1, UInt8(index >> 8), UInt8(index & 255)]
      policy.devices.append(
        PolicyDevice(
          "d-\(index)", thumbprint: [UInt8](repeating: 1, count: 32), labels: ["cell-\(index / 51)"],
          certificates: [.init(issuer: "ca", serialNumber: serialNumber)]))
    }
    for cell in 0..<40 {
      policy.rules.append(
        PolicyRule(
          "cell \(cell)", from: [.label("cell-\(cell)")], to: [.label("cell-\(cell)")], use: .init(nil, [.coap])))
    }
    var compiled = try CompiledPolicy(policy)
    var device = policy.devices[60]
    device.certificates.append(.init(issuer: "ca", serialNumber: [2, 60]))
    let changed = try compiled.replace(device)
    #expect(Set(changed) == Set((51..<102).filter { $0 != 60 }.map { "d-\($0)" }))
    device.labels = ["cell-39"]
    #expect(try compiled.replace(device).count == 50 + 51 + 1)
  }
}
