import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Testing

@testable import Manager

@Suite("Health, readiness and metrics", .serialized)
struct OperationsTests {
  private struct Answer {
    var status: Int
    var type: String?
    var body: String
  }

  private static func ask(
    _ address: String, _ path: String, _ method: HTTPMethod = .GET, host: String? = nil
  ) async throws -> Answer {
    var request = HTTPClientRequest(url: "http://\(address)/\(path)")
    request.method = method
    if let host { request.headers.add(name: "Host", value: host) }
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
    return Answer(
      status: Int(response.status.code), type: response.headers.first(name: "Content-Type"),
      body: String(buffer: try await response.body.collect(upTo: 1 << 20)))
  }

  private static func readiness(_ address: String) async throws -> (status: Int, Readiness) {
    let answer = try await ask(address, "ready")
    return (answer.status, try JSONDecoder().decode(Readiness.self, from: Data(answer.body.utf8)))
  }

  @Test("A manager in order is alive and ready, and Prometheus can read what it measures", .timeLimit(.minutes(3)))
  func good() async throws {
    let network = try await LiveNetwork()
    try await network.withAuthority {
      try await network.withManager(flags: ["operations.listen": "127.0.0.1:0"]) { client, _ in
        let address = try #require(network.events.first(.ready, from: 0)?.operations)
        let health = try await Self.ask(address, "health")
        #expect(health.status == 200)
        #expect(health.body == #"{"status":"alive"}"#)
        let (status, readiness) = try await Self.readiness(address)
        #expect(status == 200)
        #expect(readiness == Readiness(["store", "gateways", "orders", "ca"].map { .good($0) }))

        for id in ["D1", "D2"] { let _: DeviceView = try await client.post("devices", DeviceAddition(id: id)) }
        await #expect(throws: ManagerError(.notFound, "")) { let _: DeviceView = try await client.get("devices/D3") }
        let metrics = try await Self.ask(address, "metrics")
        #expect(metrics.type == PrometheusText.mediaType)
        let file = "\(network.folder.path)/metrics"
        try Data(metrics.body.utf8).write(to: URL(filePath: file))
        let read = try await Python.run("ManagerTests/oracle/metrics.py", [file]) + "\n"
        for line in [
          "muster_devices{state=registered} 2", "muster_devices{state=active} 0", "muster_renewals_due{} 0",
          "muster_gateways_connected{} 0", "muster_sessions{} 0", "muster_events_total{event=ready} 1",
          "muster_ca_circuit_open{} 0", "muster_registration_authority_refused{} 0",
          "muster_commit_failures_total{} 0", "muster_admin_answers_total{status=2xx} 2",
          "muster_admin_answers_total{status=4xx} 1",
        ] { #expect(read.contains(line + "\n"), "\(line)\n\(read)") }
        // Its own two certificates, at least, came by this way.
        let answered = try #require(read.firstMatch(of: /muster_ca_requests_total\{outcome=answered\} (\d+)/))
        #expect(try #require(Int(answered.1)) >= 2)
        let commits = try #require(read.firstMatch(of: /muster_commits_total\{\} (\d+)/))
        #expect(try #require(Int(commits.1)) >= 4)
        let memory = try #require(read.firstMatch(of: /process_resident_memory_bytes\{\} (\d+)/))
        #expect((1 << 20...4 << 30).contains(try #require(Int(memory.1))))
      }
    }
  }

  @Test(
    "It is told on loopback, to who asks for it by that name, and nothing can be changed there", .timeLimit(.minutes(3))
  )
  func refusals() async throws {
    let network = try await LiveNetwork()
    try await network.withAuthority {
      await #expect(throws: ManagerError(.configuration, "")) {
        try await network.withManager(flags: ["operations.listen": "0.0.0.0:0"]) { _, _ in }
      }
      try await network.withManager(flags: ["operations.listen": "127.0.0.1:0"]) { _, _ in
        let address = try #require(network.events.first(.ready, from: 0)?.operations)
        for host in ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "10.0.0.1"] {
          #expect(try await Self.ask(address, "metrics", host: host).status == 421, "\(host)")
        }
        for host in ["localhost", "LOCALHOST:9464", "127.0.0.9", "[::1]:9464"] {
          #expect(try await Self.ask(address, "health", host: host).status == 200, "\(host)")
        }
        for (path, method, status) in [
          ("health", HTTPMethod.POST, 404...405), ("metrics", .DELETE, 404...405), ("api/v1/status", .GET, 404...404),
          ("", .GET, 404...404),
        ] {
          #expect(status.contains(try await Self.ask(address, path, method).status), "\(method) \(path)")
        }
      }
      try await network.withManager { _, _ in
        #expect(network.events.all.last { $0.event == .ready }?.operations == nil)
      }
    }
  }

  @Test("A CA that is away degrades, a disk that takes nothing makes it not ready, and the next good change ends that")
  func trouble() async throws {
    let rig = try Rig()
    let store = FailingStore(try rig.openStore(), failing: 1)
    let ledger = rig.ledger(store)
    let breaker = CircuitBreaker()
    let identity = ServerIdentity()
    let desk = ReadinessDesk(
      ledger: ledger, server: identity, registrationAuthority: RegistrationAuthorityIdentity(), breaker: breaker)
    for _ in 0..<5 { breaker.failed(try breaker.admit(), "It is away.") }
    var readiness = await desk.look()
    #expect(!readiness.ready)
    #expect(readiness.checks.map(\.condition) == [.good, .failed, .degraded, .degraded])
    #expect(readiness.checks[3].detail?.contains("It is away.") == true)

    let change = Change.addDevice(try DeviceID("D1"), model: nil)
    await #expect(throws: FailingStore.PowerCut.self) { try await ledger.commit(change, by: .manager) }
    readiness = await desk.look()
    #expect(readiness.checks[0].condition == .failed)
    #expect(ledger.watch.failures == 1)

    try await ledger.commit(change, by: .manager)
    readiness = await desk.look()
    #expect(readiness.checks[0] == .good("store"))
  }

  @Test("A change that does not fit says nothing about the store")
  func conflicts() async throws {
    let rig = try Rig()
    let ledger = rig.ledger(try rig.openStore())
    let change = Change.addDevice(try DeviceID("D1"), model: nil)
    try await ledger.commit(change, by: .manager)
    await #expect(throws: ManagerError.self) { try await ledger.commit(change, by: .manager) }
    #expect(ledger.watch.trouble == nil)
    #expect(ledger.watch.failures == 0)
    #expect(ledger.watch.commits == 1)
  }
}
