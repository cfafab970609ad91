import Demo
import Foundation
import Testing

extension EndToEnd {
  @Suite("A device on UDP that nobody here wrote")
  struct NetworkedDeviceTests {
    private let network: Network

    init() async throws {
      network = try await Laboratory.open().network
    }

    @Test("aiocoap with lakers proves its key by EDHOC and registers by OSCORE, through the gateway's UDP side")
    func edhocAndOSCORE() async throws {
      try await withUDP { port in
        let id = "U1-\(ProcessInfo.processInfo.processIdentifier)"
        let first = try await device(id, port, ["thumbprint", "clear", "value", "twice", "value-4", "stranger"])
        let thumbprint = try #require(first["thumbprint"])
        #expect(first["clear"] == "4.01 Unauthorized")
        for step in ["value", "value-4"] { #expect(first[step]?.hasPrefix("2.04") == true, "\(first)") }
        #expect(first["twice"] == "2.04 Changed, 2.04 Changed", "\(first)")
        #expect(first["stranger"]?.hasPrefix("failed") == true, "\(first)")
        // The manager has the key's owner waiting, with the line that the gateway gave the endpoint.
        let pending = try await show(id)
        #expect(pending["state"] as? String == "pending" && pending["thumbprint"] as? String == thumbprint)
        #expect((pending["line"] as? String)?.hasPrefix("u-7f000001-") == true, "\(pending)")
        // Another key under the same name is no more than a stranger, and is refused.
        let impostor = try await device(id, port, ["value"], secret: "another")
        #expect(impostor["value"]?.hasPrefix("4.03") == true, "\(impostor)")
      }
    }

    @Test("A device that the manager knows by its thumbprint names its key by its identifier only")
    func byIdentifier() async throws {
      try await withUDP { port in
        let id = "U2-\(ProcessInfo.processInfo.processIdentifier)"
        let unknown = try await device(id, port, ["thumbprint", "kid"])
        #expect(unknown["kid"]?.hasPrefix("failed") == true, "\(unknown)")
        _ = try await device(id, port, ["value"])
        try await network.administer(["device", "approve", id])
        let known = try await device(id, port, ["kid"])
        #expect(known["kid"]?.hasPrefix("2.04") == true, "\(known)")
      }
    }

    @Test("gateway enrol tells in JSON what it left and how long it is good for")
    func enrolment() async throws {
      let directory = network.workspace.root + "/json-gateway"
      let output = try await network.administer(["gateway", "enrol", "json-gateway", "--dir", directory, "--json"])
      let report = try JSONSerialization.jsonObject(with: Data(output.standardOutput)) as? [String: Any]
      #expect(report?["gateway"] as? String == "json-gateway" && report?["dir"] as? String == directory)
      let notAfter = try #require(report?["notAfter"] as? String)
      #expect(try Date(notAfter, strategy: .iso8601) > .now)
    }

    private func withUDP(_ body: (String) async throws -> Void) async throws {
      let position = await network.events.position
      await network.setUDP("127.0.0.1:0")
      try await network.setLines([])
      let event = await network.events.first(after: position, within: .seconds(30)) { $0.kind == "udp-listening" }
      let address = try #require(event?["address"])
      let connected = await network.events.first(after: position, within: .seconds(30)) {
        $0.kind == "manager-connected"
      }
      #expect(connected != nil)
      do {
        try await body(String(address.split(separator: ":").last ?? ""))
        await end()
      } catch {
        await end()
        throw error
      }
    }

    private func end() async {
      await network.setUDP(nil)
      await network.stop(.gateway)
    }

    /// Lets the device take its steps; what it says of each, by the step's word.
    private func device(
      _ id: String, _ port: String, _ steps: [String], secret: String? = nil
    ) async throws -> [String: String] {
      let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/oracle/aiocoap_device.py"
      let output = try await Command.demand(
        Laboratory.repository + "/.venv/bin/python",
        [script, port, network.workspace.manager + "/edhoc.pub", id, secret ?? id] + steps)
      let lines = output.text.split(separator: "\n").map { $0.split(separator: " ", maxSplits: 1).map(String.init) }
      return Dictionary(lines.map { ($0[0], $0.count > 1 ? $0[1] : "") }) { $1 }
    }

    private func show(_ id: String) async throws -> [String: Any] {
      let output = try await network.administer(["device", "show", id, "--json"])
      return try JSONSerialization.jsonObject(with: Data(output.standardOutput)) as? [String: Any] ?? [:]
    }
  }
}
