import CoAP
import CoAPStream
import Testing

@testable import Gateway

@Suite("The connection to the manager", .timeLimit(.minutes(1)))
struct ManagerConnectionTests {
  private let pki: TestPKI
  private let lines = [NamedLine(name: LineName("a")!, specification: .unixSocket(path: "/nonexistent/a"))]

  init() throws {
    pki = try TestPKI()
  }

  @Test("The manager is verified by its address, or by its name")
  func verified() async throws {
    let manager = try await FakeManager(pki)
    for (host, name) in [("127.0.0.1", nil), ("localhost", nil), ("127.0.0.1", "localhost")] {
      let gateway = try RunningGateway(
        pki, managerPort: manager.port, managerHost: host, managerName: name, lines: lines)
      await gateway.waitUntilConnected()
      try await gateway.stop()
    }
    await manager.kill()
  }

  @Test("A manager with a certificate for another name is not believed")
  func otherName() async throws {
    let manager = try await FakeManager(pki, identity: pki.manager(dnsName: "elsewhere", address: [10, 0, 0, 1]))
    for (host, name) in [("127.0.0.1", nil), ("127.0.0.1", "localhost")] {
      let gateway = try RunningGateway(
        pki, managerPort: manager.port, managerHost: host, managerName: name, lines: lines)
      #expect(await gateway.managerFailure()?.contains("for another name") == true)
      #expect(await !gateway.gateway.status().manager.isConnected)
      try await gateway.stop()
    }
    await manager.kill()
  }

  @Test("A name that was given is the name that counts, also when the certificate lists the address")
  func nameBeforeAddress() async throws {
    let manager = try await FakeManager(pki, identity: pki.manager(dnsName: "elsewhere", address: [127, 0, 0, 1]))
    let gateway = try RunningGateway(
      pki, managerPort: manager.port, managerHost: "127.0.0.1", managerName: "manager.example", lines: lines)
    #expect(await gateway.managerFailure()?.contains("for another name") == true)
    #expect(await gateway.gateway.status().manager.connections == 0)
    try await gateway.stop()
    // The same certificate by its own name, and by its address, is the manager's.
    for name in ["elsewhere", nil] {
      let gateway = try RunningGateway(pki, managerPort: manager.port, managerName: name, lines: lines)
      await gateway.waitUntilConnected()
      try await gateway.stop()
    }
    await manager.kill()
  }

  @Test(
    "A certificate's name is taken whole, without case, and a star stands for one label",
    arguments: [
      ("manager.example", "Manager.Example.", true), ("*.example.net", "a.example.net", true),
      ("*.example.net", "a.b.example.net", false), ("*.example.net", "example.net", false), ("*", "localhost", false),
      ("*.net", "example.net", false), ("manager.example", "manager.example.net", false), ("", "", false),
      ("m*.example.net", "manager.example.net", false),
    ])
  func names(pattern: String, name: String, matches: Bool) {
    #expect(ManagerName.matches(pattern, name) == matches)
  }

  @Test("A manager that gives the gateway up says why, and is not called again at once")
  func superseded() async throws {
    let manager = try await FakeManager(pki)
    let gateway = try RunningGateway(pki, managerPort: manager.port, lines: lines)
    for attempt in 1...3 {
      let connection = try #require(await manager.nextConnection())
      await connection.abort("another gateway of this name\u{1B}[2J connected")
      let event = await gateway.first { if case .managerDisconnected = $0 { true } else { false } }
      guard case .managerDisconnected(_, let reason, let delay)? = event else {
        Issue.record("the gateway ended")
        break
      }
      #expect(reason == "the manager gave the connection up: another gateway of this name[2J connected")
      // Half of the longest step at least, from the first time on.
      #expect(delay >= .milliseconds(25), "attempt \(attempt)")
    }
    try await gateway.stop()
    await manager.kill()
  }

  @Test("A manager under another authority is not believed")
  func otherAuthority() async throws {
    let stranger = try TestPKI()
    let manager = try await FakeManager(stranger)
    let gateway = try RunningGateway(pki, managerPort: manager.port, lines: lines)
    #expect(await gateway.managerFailure() == "the manager's certificate leads to no anchor in ca.pem")
    try await gateway.stop()
    await manager.kill()
  }

  @Test("A gateway whose certificate the manager does not take is not connected, and keeps trying")
  func refused() async throws {
    // The manager's own certificate is of the gateway's authority; what it trusts is not.
    let stranger = try TestPKI()
    let manager = try await FakeManager(stranger, identity: pki.manager())
    let gateway = try RunningGateway(pki, managerPort: manager.port, lines: lines)
    for _ in 1...3 { #expect(await gateway.managerFailure()?.contains("does not take the gateway's") == true) }
    #expect(await gateway.gateway.status().manager.connections == 0)
    try await gateway.stop()
    await manager.kill()
  }

  @Test("Who speaks no CoAP is no manager")
  func otherProtocol() async throws {
    let manager = try await FakeManager(pki, protocols: ["http/1.1"])
    let gateway = try RunningGateway(pki, managerPort: manager.port, lines: lines)
    #expect(await gateway.managerFailure()?.contains("does not speak CoAP") == true)
    try await gateway.stop()
    await manager.kill()
  }

  @Test("With nobody there the gateway keeps trying, and stops at once when told to")
  func nobody() async throws {
    let manager = try await FakeManager(pki)
    await manager.kill()
    let gateway = try RunningGateway(pki, managerPort: manager.port, lines: lines)
    for _ in 1...3 { #expect(await gateway.managerFailure() == "Connection refused") }
    try await gateway.stop()
  }
}
