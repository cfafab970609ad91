import PKI
import TestKit
import Testing

@testable import Whitelist

@Suite("Who may be talked to, by the rules' numbers")
struct DecisionTests {
  private static let peer = Sample.certificate([7, 7])

  private func decider(
    _ rules: [WhitelistTerms.Rule]? = nil, _ change: (inout WhitelistTerms) -> Void = { _ in }
  ) throws -> Decider {
    var terms = Sample.terms([.init(Self.peer, rules: rules)])
    change(&terms)
    return try Decider(terms)
  }

  @Test("Rule 19: an empty list admits nobody, nor does one that cannot be read any more")
  func nobody() throws {
    #expect(try Decider(Sample.terms())(Self.peer) == .denied(.otherIssuer))
    let decide = try decider()
    let key = [UInt8](repeating: 1, count: 32)
    let peer = WhitelistPeer(
      issuerName: key.span, issuerKey: key.span, serialNumber: key.span.extracting(0..<5), key: key.span,
      wasAdmitted: true)
    let time = WhitelistTime(seconds: 1_050_000, origin: .clock, restarts: 0)
    let use = PeerUse(.outward, .coap, over: .oscore, port: 5684)
    #expect(decide.list.decide(peer, use, at: time, in: ListBytes([])) == .denied(.unreadable))
  }

  @Test("Rule 20: issuer's name, issuer's key and serial number all have to be the ones")
  func certificate() throws {
    let decide = try decider()
    #expect(decide(Self.peer) == .admitted(entry: 0))
    for serialNumber: [UInt8] in [[7], [7, 6], [7, 8], [7, 7, 7], [0, 7, 7], [], [UInt8](repeating: 7, count: 21)] {
      #expect(decide(Sample.certificate(serialNumber)) == .denied(.notListed))
    }
    #expect(decide(Sample.certificate([7, 7], Sample.otherIssuer)) == .denied(.otherIssuer))
    var name = Sample.issuer
    name.name[31] ^= 1
    #expect(decide(Sample.certificate([7, 7], name)) == .denied(.otherIssuer))
    name.name = []
    #expect(decide(Sample.certificate([7, 7], name)) == .denied(.otherIssuer))
  }

  @Test("Rule 20: each of 1, 31, 32, 33, 64, 1,000 and 2,048 entries is found, and none between them")
  func finding() throws {
    for count in [1, 31, 32, 33, 64, 65, 1_000, 2_048] {
      // Even numbers, half of each issuer.
      let entries = (0..<count).map { (index: Int) -> WhitelistTerms.Entry in
        let serialNumber: [UInt8] = [1, UInt8(index >> 7), UInt8(index << 1 & 0xFF)]
        let issuer = index % 2 == 0 ? Sample.issuer : Sample.otherIssuer
        return WhitelistTerms.Entry(Sample.certificate(serialNumber, issuer))
      }
      let decide = try Decider(Sample.terms(entries.shuffled()))
      var found: Set<Int> = []
      for entry in entries {
        guard case .admitted(let index) = decide(entry.certificate) else {
          Issue.record("\(entry.certificate.serialNumber) of \(count) is not found")
          continue
        }
        found.insert(index)
        var between = entry.certificate
        between.serialNumber[2] |= 1
        #expect(decide(between) == .denied(.notListed))
      }
      #expect(found == Set(0..<count))
      for serialNumber: [UInt8] in [[1], [1, 0], [255, 255, 255], [1, 0, 0, 0]] {
        #expect(decide(Sample.certificate(serialNumber)) == .denied(.notListed))
      }
    }
  }

  @Test("Rule 20: with a pin, the peer's key has to be the one")
  func pin() throws {
    let pin = [UInt8](repeating: 9, count: 32)
    let decide = try decider { $0.entries[0].pin = pin }
    #expect(decide(Self.peer, key: pin) == .admitted(entry: 0))
    for key in [[UInt8](repeating: 9, count: 31), [UInt8](repeating: 8, count: 32), [], Array(pin.dropLast()) + [8]] {
      #expect(decide(Self.peer, key: key) == .denied(.otherKey))
    }
  }

  @Test("Rule 21: an entry's validity takes a time that serves")
  func validity() throws {
    let decide = try decider {
      $0.timeMode = .managerTime
      $0.stalePolicy = .grace
      ($0.entries[0].validFrom, $0.entries[0].validUntil) = (1_040_000, 1_060_000)
    }
    #expect(decide(Self.peer, at: 1_039_999) == .denied(.entryNotYetValid))
    #expect(decide(Self.peer, at: 1_040_000) == .admitted(entry: 0))
    #expect(decide(Self.peer, at: 1_059_999) == .admitted(entry: 0))
    for origin in [WhitelistTime.Origin.floor, .manager] {
      #expect(decide(Self.peer, at: 1_060_000, origin: origin, restarts: 1) == .denied(.entryOver))
    }
    #expect(decide(Self.peer, at: 1_050_000, origin: .floor, restarts: 1) == .denied(.noTime))
  }

  @Test("Rule 22: no rules allow everything, an empty set nothing")
  func absentAndEmpty() throws {
    #expect(try decider(nil)(Self.peer) == .admitted(entry: 0))
    #expect(try decider([])(Self.peer) == .denied(.noRules))
    #expect(try decider([.init()])(Self.peer) == .admitted(entry: 0))
    #expect(try decider([.init(nil, [])])(Self.peer) == .denied(.application))
    #expect(try decider([.init(nil, nil, over: [])])(Self.peer) == .denied(.transport))
    #expect(try decider([.init(ports: [])])(Self.peer) == .denied(.port))
  }

  @Test("Rule 22: each field of a rule has to fit, and one rule of several")
  func rules() throws {
    let rule = WhitelistTerms.Rule(.outward, [.coap, .mqtt], over: [.oscore, .tls], ports: [80...80, 5683...5684])
    let decide = try decider([rule])
    func use(
      _ direction: PeerDirection = .outward, _ application: PeerProtocol = .coap, _ transport: PeerTransport = .oscore,
      _ port: UInt16 = 5684
    ) -> WhitelistDecision {
      decide(Self.peer, PeerUse(direction, application, over: transport, port: port))
    }
    #expect(use() == .admitted(entry: 0))
    #expect(use(.outward, .mqtt, .tls, 80) == .admitted(entry: 0))
    #expect(use(.inward) == .denied(.direction))
    #expect(use(.outward, .http) == .denied(.application))
    #expect(use(.outward, .coap, .dtls) == .denied(.transport))
    for port: UInt16 in [0, 79, 81, 5682, 5685, 65_535] { #expect(use(.outward, .coap, .tls, port) == .denied(.port)) }
    let two = try decider([.init(.inward), rule])
    #expect(two(Self.peer) == .admitted(entry: 0))
    #expect(two(Self.peer, PeerUse(.inward, .http, over: .tls, port: 1)) == .admitted(entry: 0))
    // The reason is that of the rule that came furthest, whichever stands first.
    let wrongPort = PeerUse(.outward, .coap, over: .tls, port: 1)
    #expect(two(Self.peer, wrongPort) == .denied(.port))
    #expect(try decider([rule, .init(.inward)])(Self.peer, wrongPort) == .denied(.port))
  }

  @Test("Rule 22: of many sets of rules an entry has its own")
  func ruleSets() throws {
    let entries = (1...64).map { port in
      WhitelistTerms.Entry(Sample.certificate([UInt8(port)]), rules: [.init(ports: [UInt16(port)...UInt16(port)])])
    }
    let decide = try Decider(Sample.terms(entries))
    for port: UInt16 in 1...64 {
      let peer = Sample.certificate([UInt8(port)])
      var use = PeerUse(.outward, .coap, over: .tls, port: port)
      #expect(decide(peer, use) == .admitted(entry: Int(port) - 1))
      use.port += 1
      #expect(decide(peer, use) == .denied(.port))
    }
  }

  @Test("Rule 23: a least version binds every transport but OSCORE")
  func tlsVersion() throws {
    let decide = try decider([.init(leastTLSVersion: 3)])
    for transport in [PeerTransport.tls, .dtls, .quic, PeerTransport(rawValue: 70_000)] {
      for (version, admits) in [(nil, false), (2, false), (3, true), (4, true)] as [(UInt8?, Bool)] {
        let use = PeerUse(.outward, .coap, over: transport, port: 1, tlsVersion: version)
        #expect(decide(Self.peer, use) == (admits ? .admitted(entry: 0) : .denied(.tlsVersion)))
      }
    }
    // Also when the caller names a version that it cannot have.
    for version in [nil, 2] as [UInt8?] {
      let use = PeerUse(.outward, .coap, over: .oscore, port: 1, tlsVersion: version)
      #expect(decide(Self.peer, use) == .admitted(entry: 0))
    }
  }

  @Test("Rule 24: observing, it lets in whom it would refuse and says why, while fresh and by a trusted time")
  func observing() throws {
    let decide = try decider([.init(.inward)]) {
      ($0.observeUntil, $0.stalePolicy, $0.timeMode, $0.offlineRestarts) = (1_060_000, .grace, .managerTime, 1)
    }
    let stranger = Sample.certificate([9])
    #expect(decide(stranger, at: 1_059_999) == .observed(.notListed))
    #expect(decide(Self.peer, at: 1_059_999) == .observed(.direction))
    #expect(decide(stranger, at: 1_060_000) == .denied(.notListed))
    #expect(decide(stranger, at: 1_050_000, origin: .floor) == .denied(.notListed))
    #expect(decide(stranger, at: 1_150_000) == .denied(.notListed), "stale")
    #expect(decide(stranger, at: 1_200_000) == .denied(.expired))
    #expect(decide(stranger, at: 5) == .denied(.listNotYetValid))
  }

  @Test("Rule 25: both certificates of a renewing peer are admitted, each by its own entry")
  func predecessor() throws {
    let decide = try decider {
      var renewed = WhitelistTerms.Entry(Sample.certificate([8]))
      renewed.predecessor = Self.peer
      $0.entries.append(renewed)
    }
    #expect(decide(Sample.certificate([8])) == .admitted(entry: 0))
    #expect(decide(Self.peer) == .admitted(entry: 1))
  }

  @Test("Sizes: 64 peers with one rule each are at most 2 KB, 1,000 at most 32")
  func sizes() throws {
    let few = try Sample.terms(Sample.peers(64)).signed(by: SigningKey())
    let many = try Sample.terms(Sample.peers(1_000)).signed(by: SigningKey())
    #expect(few.count <= 2_048 && many.count <= 32_768, "\(few.count), \(many.count)")
    print("64 peers: \(few.count) bytes; 1,000 peers: \(many.count) bytes; in memory \(MemoryLayout<Whitelist>.size)")
  }
}
