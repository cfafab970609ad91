import PKI
import Policy
import Testing
import Whitelist

@Suite("Policies' parts are made from tables and MUD files")
struct ImportingTests {
  private static let hash = String(repeating: "4a", count: 32)

  @Test("A table of devices: every cell, quoted ones, and further rows as further certificates")
  func devices() throws {
    let table =
      "device,thumbprint,labels,issuer,serialNumber,pin,maxEntries,maxBytes\r\n"
      + "s-1,\(Self.hash),line-3 sensor,ca,4a01,\(Self.hash),64,2048\r\n"
      + "s-1,\(Self.hash),line-3 sensor,ca,4a02,,64,2048\r\n"
      + "\"he said \"\"no\"\", é\",,,,,,,\r\n"
    let part = try PolicyPart(csv: table, file: "t.csv")
    #expect(part.devices.map(\.name) == ["s-1", "he said \"no\", é"])
    #expect(part.devices[0].labels == ["line-3", "sensor"])
    #expect(part.devices[0].certificates.map(\.serialNumber) == [[0x4A, 1], [0x4A, 2]])
    #expect(part.devices[0].certificates[0].pin?.count == 32 && part.devices[0].certificates[1].pin == nil)
    #expect(part.devices[0].capacity == WhitelistCapacity(listBytes: 2_048, entries: 64))
    #expect(part.devices[1] == PolicyDevice("he said \"no\", é"))
    let whole = try Policy(yaml: [
      ("p.yaml", "network: plant\nissuers: {ca: {name: \(Self.hash), key: \(Self.hash)}}"), ("t.yaml", part.yaml),
    ])
    #expect(whole.devices == part.devices)
  }

  @Test("A table of connections, which reads the same as YAML")
  func connections() throws {
    let table = """
      from,to,protocol,transport,port,leastTLS,name
      a,b,coap,oscore,5684,,telemetry
      label:x c-*,b,mqtt http,tls,1 4840-4843,1.3,"=cmd|' /C calc'!A0"
      a,server,,,,,
      a,b,any,any,any,,all
      """
    let part = try PolicyPart(csv: table, file: "t.csv")
    #expect(
      part.rules[0]
        == PolicyRule(
          "telemetry", from: [.name("a")], to: [.name("b")],
          use: .init(nil, [.coap], over: [.oscore], ports: [5684...5684])))
    #expect(part.rules[1].from == [.label("x"), .glob("c-*")])
    #expect(
      part.rules[1].use == .init(nil, [.mqtt, .http], over: [.tls], ports: [1...1, 4840...4843], leastTLSVersion: 3))
    #expect(part.rules[2].use == nil && part.rules[3].use == .init())
    let rest = "network: plant\ndevices: {a: {}, b: {}}\nroles: {server: {members: b, accepts: {ports: 1}}}"
    #expect(try Policy(yaml: [("p.yaml", rest), ("t.yaml", part.yaml)]).rules == part.rules)
  }

  @Test("Every fault of a table has its kind and its place")
  func tableFaults() {
    let cases: [(String, PolicyError.Code, String)] = [
      ("", .syntax, "t.csv"),
      ("device,device\n", .duplicate, "t.csv:1"),
      ("device,thumprint\n", .unknownField, "t.csv:1"),
      ("device,labels\na\n", .syntax, "t.csv:2"),
      ("device,labels\na,b,c\n", .syntax, "t.csv:2"),
      ("device\n\"a\n", .syntax, "t.csv:2"),
      ("device\na\"b\n", .syntax, "t.csv:2"),
      ("device\n\"a\"b\n", .syntax, "t.csv:2"),
      ("device,labels\n,x\n", .missingField, "t.csv:2, device"),
      ("device,thumbprint\na,4a\n", .value, "t.csv:2, thumbprint"),
      ("device,issuer\na,ca\n", .value, "t.csv:2, serialNumber"),
      ("device,maxEntries\na,2049\n", .value, "t.csv:2, maxEntries"),
      ("device,labels\n\"a\",\"x\ny\"\na,z\n", .duplicate, "t.csv:4"),
      ("from,to,port\na,b,0\n", .value, "t.csv:2, port"),
      ("from,to,protocol\na,b,cope\n", .value, "t.csv:2, protocol"),
      ("from,to,leastTLS\na,b,1.0\n", .value, "t.csv:2, leastTLS"),
      ("from,to\na,x:y\n", .value, "t.csv:2, to"),
      ("from,port\na,1\n", .missingField, "t.csv:2, to"),
    ]
    for (table, code, place) in cases {
      do {
        _ = try PolicyPart(csv: table, file: "t.csv")
        Issue.record("'\(table)' is taken")
      } catch {
        #expect(error.code == code && error.place == place, "'\(table)': \(error.code) \(error)")
      }
    }
  }

  private static func mud(
    from: String = entry(
      "{\"ietf-mud:mud\": {\"controller\": \"urn:historian\"}, \"udp\": {\"destination-port\": {\"operator\": \"eq\", \"port\": 5684}}}"
    ),
    to: String = entry(
      "{\"ietf-mud:mud\": {\"controller\": \"urn:historian\"}, \"udp\": {\"source-port\": {\"operator\": \"eq\", \"port\": 5684}}}"
    ),
    more: String = ""
  ) -> [UInt8] {
    Array(
      """
      {"ietf-mud:mud": {"mud-version": 1, "mud-url": "https://maker.test/s1", "last-update": "2026-01-01T00:00:00Z",
        "is-supported": true, "systeminfo": "a sensor", \(more)
        "from-device-policy": {"access-lists": {"access-list": [{"name": "out"}]}},
        "to-device-policy": {"access-lists": {"access-list": [{"name": "in"}]}}},
       "ietf-access-control-list:acls": {"acl": [
        {"name": "out", "type": "ipv6-acl-type", "aces": {"ace": [\(from)]}},
        {"name": "in", "type": "ipv6-acl-type", "aces": {"ace": [\(to)]}}]}}
      """.utf8)
  }

  private static func entry(_ matches: String, _ forwarding: String = "accept") -> String {
    "{\"name\": \"e\", \"matches\": \(matches), \"actions\": {\"forwarding\": \"\(forwarding)\"}}"
  }

  private func read(_ bytes: [UInt8]) throws -> [PolicyRule] {
    try PolicyPart(
      mud: bytes, file: "m.json", devices: [.label("s1")],
      peers: [
        "controller urn:historian": [.name("historian")], "dns time.test": [.name("clock")],
        "my-controller": [.name("plc")],
      ]
    ).rules
  }

  @Test("A MUD file: what the device begins, what is begun with it, and answers that need no rule")
  func mudFile() throws {
    let rules = try read(
      Self.mud(
        to: [
          Self.entry(
            "{\"ietf-mud:mud\": {\"controller\": \"urn:historian\"}, \"udp\": {\"source-port\": {\"operator\": \"eq\", \"port\": 5684}}}"
          ),
          Self.entry(
            "{\"ietf-mud:mud\": {\"my-controller\": [null]}, \"ipv6\": {\"protocol\": 6}, \"tcp\": {\"ietf-mud:direction-initiated\": \"to-device\", \"destination-port\": {\"lower-port\": 80, \"upper-port\": 81}}}"
          ),
        ].joined(separator: ",")))
    #expect(rules.count == 2)
    #expect(rules.first?.from == [.label("s1")] && rules.first?.to == [.name("historian")])
    #expect(rules.first?.use == .init(over: [.dtls, .oscore, .quic], ports: [5684...5684]))
    #expect(rules.last?.from == [.name("plc")] && rules.last?.to == [.label("s1")])
    #expect(rules.last?.use == .init(over: [.tls, .oscore], ports: [80...81]))
    let dns = Self.entry("{\"ipv4\": {\"ietf-acldns:dst-dnsname\": \"time.test\", \"protocol\": 17}}")
    #expect(try read(Self.mud(from: dns, to: "")).map(\.to) == [[.name("clock")]])
  }

  @Test("What a whitelist cannot express is refused, by name")
  func mudFaults() {
    let peer = "\"ietf-mud:mud\": {\"my-controller\": [null]}"
    let cases: [(String, [UInt8], PolicyError.Code, String)] = [
      ("not JSON", Array("{".utf8), .syntax, "m.json"),
      ("extension", Self.mud(more: "\"extensions\": [\"qos\"],"), .unknownField, "extensions"),
      (
        "version",
        Array(
          String(decoding: Self.mud(), as: UTF8.self).replacing("\"mud-version\": 1", with: "\"mud-version\": 2").utf8),
        .unsupported, "mud-version"
      ),
      ("drop", Self.mud(from: Self.entry("{\(peer)}", "drop")), .unsupported, "forwarding"),
      (
        "local", Self.mud(from: Self.entry("{\"ietf-mud:mud\": {\"local-networks\": [null]}}")), .unsupported,
        "local-networks"
      ),
      (
        "anybody", Self.mud(from: Self.entry("{\"tcp\": {\"destination-port\": {\"operator\": \"eq\", \"port\": 1}}}")),
        .unsupported, "matches"
      ),
      (
        "prefix", Self.mud(from: Self.entry("{\(peer), \"ipv4\": {\"destination-ipv4-network\": \"10.0.0.0/8\"}}")),
        .unsupported, "destination-ipv4-network"
      ),
      ("icmp", Self.mud(from: Self.entry("{\(peer), \"ipv4\": {\"protocol\": 1}}")), .unsupported, "protocol"),
      ("flags", Self.mud(from: Self.entry("{\(peer), \"tcp\": {\"flags\": \"syn\"}}")), .unsupported, "flags"),
      (
        "neq",
        Self.mud(from: Self.entry("{\(peer), \"tcp\": {\"destination-port\": {\"operator\": \"neq\", \"port\": 1}}}")),
        .unsupported, "operator"
      ),
      (
        "both ports",
        Self.mud(
          from: Self.entry(
            "{\(peer), \"tcp\": {\"source-port\": {\"operator\": \"eq\", \"port\": 1}, \"destination-port\": {\"operator\": \"eq\", \"port\": 1}}}"
          )), .unsupported, "matches"
      ),
      ("ethernet", Self.mud(from: Self.entry("{\(peer), \"eth\": {}}")), .unknownField, "eth"),
      (
        "two carriers", Self.mud(from: Self.entry("{\(peer), \"ipv4\": {\"protocol\": 17}, \"tcp\": {}}")),
        .unsupported, "tcp"
      ),
      ("answers to nothing", Self.mud(from: Self.entry("{\(peer)}")), .unsupported, "matches"),
      (
        "two minds",
        Self.mud(
          from: Self.entry(
            "{\(peer), \"tcp\": {\"ietf-mud:direction-initiated\": \"to-device\", \"destination-port\": {\"operator\": \"eq\", \"port\": 1}}}"
          )), .unsupported, "matches"
      ),
      (
        "stranger", Self.mud(from: Self.entry("{\"ietf-mud:mud\": {\"model\": \"https://x.test\"}}"), to: ""),
        .unknownName, "model https://x.test'"
      ),
    ]
    for (name, bytes, code, place) in cases {
      do {
        _ = try read(bytes)
        Issue.record("\(name) is taken")
      } catch let error as PolicyError {
        #expect(error.code == code && error.place.hasSuffix(place), "\(name): \(error.code) \(error)")
      } catch {
        Issue.record("\(name): \(error)")
      }
    }
  }
}
