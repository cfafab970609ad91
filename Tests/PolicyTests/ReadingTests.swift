import PKI
import Policy
import Testing
import Whitelist

@Suite("Policies are read from YAML")
struct ReadingTests {
  static let hash = String(repeating: "4a", count: 32)
  static let sound = """
    network: plant
    lists: {renewHours: 24, expireHours: 48, stalePolicy: grace, timeMode: counter-only, offlineRestarts: 9}
    issuers:
      ca: {name: "\(hash)", key: "\(hash)"}
    devices:
      sensor-1:
        thumbprint: "\(hash)"
        labels: [line-3]
        certificates: [{issuer: ca, serialNumber: "4a01", pin: "\(hash)"}]
        maxEntries: 64
        maxBytes: 2048
      historian: {certificates: {issuer: ca, serialNumber: "4a02"}}
    groups:
      sensors: [label:line-3, "pump-*"]
    roles:
      archive: {members: historian, accepts: {protocols: coap, transports: oscore, ports: 5684}}
    rules:
      - {name: telemetry, from: sensors, to: archive}
      - {from: historian, to: sensors, protocols: [mqtt, "70000"], transports: any, ports: [1, 4840-4843], leastTLS: 1.3}

    """

  private func read(_ text: String) throws -> Policy { try Policy(yaml: [("p.yaml", text)]) }

  @Test("Everything that can be said is read")
  func all() throws {
    let policy = try read(Self.sound)
    #expect(policy.network == "plant")
    #expect(policy.lists.renewSeconds == 86_400 && policy.lists.expireSeconds == 172_800)
    #expect(policy.lists.stalePolicy == .grace && policy.lists.timeMode == .counterOnly)
    #expect(policy.lists.offlineRestarts == 9)
    #expect(policy.devices.map(\.name) == ["sensor-1", "historian"])
    #expect(policy.devices[0].capacity == WhitelistCapacity(listBytes: 2_048, entries: 64))
    #expect(
      policy.devices[0].certificates == [
        .init(issuer: "ca", serialNumber: [0x4A, 1], pin: [UInt8](repeating: 0x4A, count: 32))
      ])
    #expect(policy.groups["sensors"] == [.label("line-3"), .glob("pump-*")])
    #expect(policy.roles["archive"]?.accepts == [.init(nil, [.coap], over: [.oscore], ports: [5684...5684])])
    #expect(policy.rules[0].name == "telemetry" && policy.rules[0].use == nil && policy.rules[1].name == "rule 2")
    #expect(
      policy.rules[1].use
        == .init(nil, [.mqtt, .init(rawValue: 70_000)], ports: [1...1, 4840...4843], leastTLSVersion: 3))
  }

  @Test("Every fault has its kind and its place")
  func faults() throws {
    let cases: [(String, String, PolicyError.Code, String)] = [
      ("network: plant", "network: [", .syntax, "p.yaml"),
      ("network: plant", "networks: plant", .unknownField, "p.yaml:1:"),
      ("network: plant", "network: ''", .value, "p.yaml:1:"),
      ("network: plant\n", "", .missingField, "network"),
      ("renewHours: 24", "renewHours: 0", .value, "p.yaml:2:"),
      ("expireHours: 48", "expireHours: 23", .value, "p.yaml:2:"),
      ("stalePolicy: grace", "stalePolicy: open", .value, "p.yaml:2:"),
      ("timeMode: counter-only", "timeMode: none", .value, "p.yaml:2:"),
      ("offlineRestarts: 9", "offlineRestarts: 65536", .value, "p.yaml:2:"),
      ("ca: {name", "ca: {nam", .unknownField, "p.yaml:4:"),
      ("serialNumber: \"4a01\"", "serialNumber: 4a0", .value, "p.yaml:9:"),
      ("serialNumber: \"4a01\"", "serialNumber: \"004a\"", .value, "device 'sensor-1'"),
      ("serialNumber: \"4a01\", ", "", .missingField, "p.yaml:9:"),
      ("issuer: ca, serialNumber: \"4a01\"", "issuer: cb, serialNumber: \"4a01\"", .unknownName, "device 'sensor-1'"),
      ("serialNumber: \"4a02\"", "serialNumber: \"4a01\"", .duplicate, "device 'historian'"),
      ("maxEntries: 64", "maxEntries: 2049", .value, "p.yaml:10:"),
      ("maxBytes: 2048", "maxBytes: 65536", .value, "p.yaml:11:"),
      ("historian: {cert", "sensor-1: {cert", .syntax, "p.yaml"),
      ("historian: {cert", "\"his*\": {cert", .value, "device 'his*'"),
      ("sensors: [label:line-3", "sensors: [labels:line-3", .value, "p.yaml:14:"),
      ("sensors: [label:line-3", "sensors: [nobody", .unknownName, "group 'sensors'"),
      ("sensors: [label:line-3", "sensors: [sensors", .cycle, "'sensors'"),
      ("sensors: [label:line-3", "historian: [label:line-3", .duplicate, "'historian'"),
      ("protocols: coap", "protocols: cope", .value, "p.yaml:16:"),
      ("protocols: coap", "protocol: coap", .unknownField, "p.yaml:16:"),
      ("ports: 5684", "ports: 0", .value, "p.yaml:16:"),
      ("from: sensors, to: archive", "from: sensors, to: historian", .missingField, "rule 'telemetry'"),
      ("from: sensors, to: archive", "to: archive", .missingField, "p.yaml:18:"),
      ("from: sensors, to: archive", "from: nobody, to: archive", .unknownName, "rule 'telemetry', from"),
      ("from: sensors, to: archive", "from: sensors, to: archive, ports: []", .value, "p.yaml:18:"),
      ("4840-4843", "4843-4840", .value, "p.yaml:19:"),
      ("leastTLS: 1.3", "leastTLS: 1.1", .value, "p.yaml:19:"),
      ("ports: [1, 4840-4843]", "ports: [1, 2, 3, 4, 5, 6, 7, 8, 9]", .value, "rule 'rule 2'"),
    ]
    for (part, fault, code, place) in cases {
      let text = Self.sound.replacing(part, with: fault, maxReplacements: 1)
      #expect(text != Self.sound, "\(part) is not there")
      do {
        _ = try read(text)
        Issue.record("'\(fault)' is taken")
      } catch let error as PolicyError {
        #expect(error.code == code && error.place.hasPrefix(place), "'\(fault)': \(error.code) \(error)")
      }
    }
  }

  @Test("A document that unfolds without end is refused, and one that is too deep")
  func bombs() {
    let bomb = (1...12).reduce("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n") { text, level in
      text + "a\(level): &a\(level) [" + [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
        + "]\n"
    }
    #expect(throws: PolicyError.self) { try read(bomb) }
    #expect(throws: PolicyError.self) {
      try read(String(repeating: "[", count: 40) + String(repeating: "]", count: 40))
    }
  }

  @Test("Files add up to one policy, and none says again what another has said")
  func several() throws {
    let rest = "rules: [{from: historian, to: sensor-1, ports: 1}]\nnetwork: plant"
    let policy = try Policy(yaml: [("a.yaml", Self.sound), ("b.yaml", rest)])
    #expect(policy.rules.map(\.name) == ["telemetry", "rule 2", "rule 3"])
    for again in [
      "network: other", "groups: {sensors: []}", "roles: {archive: {}}",
      "issuers: {ca: {name: \"\(Self.hash)\", key: \"\(Self.hash)\"}}",
    ] {
      #expect(throws: PolicyError(.duplicate, at: again, "")) {
        do { _ = try Policy(yaml: [("a.yaml", Self.sound), ("b.yaml", again)]) } catch let error as PolicyError {
          throw PolicyError(error.code, at: again, "")
        }
      }
    }
  }
}
