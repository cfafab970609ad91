import PKI
import Policy
import TestKit
import Testing
import Whitelist

@Suite("Policies are looked through, compared and asked")
struct JudgingTests {
  private static let hash = String(repeating: "4a", count: 32)
  private static let text = """
    network: plant
    issuers: {ca: {name: "\(hash)", key: "\(hash)"}}
    devices:
      a: {thumbprint: "\(hash)", certificates: {issuer: ca, serialNumber: "0a"}}
      b: {thumbprint: "\(hash)", certificates: {issuer: ca, serialNumber: "0b"}}
      c: {thumbprint: "\(hash)", certificates: {issuer: ca, serialNumber: "0c"}}
    rules:
      - {name: ab, from: a, to: b, protocols: coap, transports: oscore, ports: 5684}
      - {name: ca, from: c, to: a, protocols: coap, transports: oscore, ports: 5684}

    """

  private func compiled(_ text: String = text) throws -> CompiledPolicy {
    try CompiledPolicy(Policy(yaml: [("p.yaml", text)]))
  }

  @Test("Each thing to find is found where it is made, and nothing in a sound policy")
  func lint() throws {
    #expect(try compiled().lint() == [])
    let cases: [(String, String, PolicyFinding.Code, String)] = [
      ("to: a, protocols", "to: b, protocols", .unreachable, "zz"),
      ("certificates: {issuer: ca, serialNumber: \"0a\"}", "certificates: []", .oneWay, "a"),
      ("a: {thumbprint: \"\(Self.hash)\", ", "a: {", .oneWay, "a"),
      ("protocols: coap, ", "protocols: any, ", .overWide, "ab"),
      ("transports: oscore, ", "transports: any, ", .overWide, "ab"),
      ("ports: 5684", "ports: any", .overWide, "ab"),
      ("ports: 5684", "ports: 1-1024", .overWide, "ab"),
      ("from: a, ", "from: \"*\", ", .overWide, "ab"),
      ("from: a, ", "from: \"z*\", ", .namesNobody, "ab"),
      ("a: {thumb", "a: {maxEntries: 1, thumb", .doesNotFit, "a"),
      ("a: {thumb", "a: {maxBytes: 200, thumb", .doesNotFit, "a"),
    ]
    for (part, fault, code, subject) in cases {
      var text = Self.text.replacing(part, with: fault, maxReplacements: 1)
      if code == .unreachable { text = text.replacing("devices:\n", with: "devices:\n  zz: {}\n") }
      #expect(try compiled(text).lint().contains { $0.code == code && $0.subject == subject }, "\(fault)")
    }
  }

  @Test("A difference names devices, peers and what is allowed, before and after")
  func difference() throws {
    let before = try compiled()
    #expect(before.differences(to: before) == [])
    let moved = before.differences(to: try compiled(Self.text.replacing("from: c, to: a", with: "from: c, to: b")))
    #expect(moved.map(\.device) == ["a", "b", "c"])
    #expect(moved[0].peers.map(\.name) == ["c"] && moved[0].peers[0].after == nil)
    #expect(moved[1].peers[0].after == ["is called by it: coap, over oscore, port 5684"])
    let renewed = before.differences(to: try compiled(Self.text.replacing("\"0b\"", with: "\"0d\"")))
    #expect(renewed.map(\.device) == ["a"] && renewed[0].renewed == ["b"] && renewed[0].peers.isEmpty)
    let gone = before.differences(
      to: try compiled(Self.text.replacing("ports: 5684", with: "ports: 5683", maxReplacements: 1)))
    #expect(gone.map(\.device) == ["a", "b"])
  }

  @Test("Who may call whom: both lists are asked, and the rule is named")
  func simulate() throws {
    let policy = try compiled()
    let use = PeerUse(.outward, .coap, over: .oscore, port: 5684)
    let allowed = try policy.simulate("a", calls: "b", use)
    #expect(allowed.isAllowed && allowed.rules == ["ab"])
    let back = try policy.simulate("b", calls: "a", use)
    #expect(!back.isAllowed && back.caller == .direction && back.called == .direction && back.rules == [])
    #expect(try policy.simulate("a", calls: "b", PeerUse(.outward, .coap, over: .oscore, port: 1)).caller == .port)
    #expect(try policy.simulate("b", calls: "c", use).called == .notListed)
    #expect(try policy.simulate("a", calls: "a", use).isAllowed == false)
    #expect(throws: PolicyError.self) { try policy.simulate("a", calls: "z", use) }
    let alone = try compiled(Self.text.replacing("b: {thumbprint: \"\(Self.hash)\", ", with: "b: {"))
    let half = try alone.simulate("a", calls: "b", use)
    #expect(half.caller == nil && half.called == .noList && !half.isAllowed)
  }

  @Test("For any policy, a use is allowed when a rule that allows it is named, and both ends have list and certificate")
  func simulation() throws {
    let first = UInt64.random(in: .min ... .max)
    for seed in first..<first &+ 20 {
      let policy = RandomPolicy(seed: seed).policy
      let compiled = try CompiledPolicy(policy)
      for caller in policy.devices {
        for called in policy.devices {
          for port: UInt16 in [0, 2, 6] {
            let use = PeerUse(.outward, .coap, over: .tls, port: port, tlsVersion: 2)
            let verdict = try compiled.simulate(caller.name, calls: called.name, use)
            let expected = NaiveJudge(policy: policy).allows(caller, use, with: called)
            #expect(verdict.rules.isEmpty == !expected, "seed \(seed): \(caller.name) \(called.name) \(port)")
            let isWhole = [caller, called].allSatisfy { $0.thumbprint != nil && !$0.certificates.isEmpty }
            #expect(verdict.isAllowed == (expected && isWhole), "seed \(seed): \(caller.name) \(called.name) \(port)")
          }
        }
      }
    }
  }
}
