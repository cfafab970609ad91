import CoAP
import CoAPStream
import Foundation
import SerialLink
import Testing

@testable import Gateway

@Suite("A gateway between devices and their manager", .timeLimit(.minutes(1)))
struct GatewayTests {
  private let directory: TemporaryDirectory
  private let pki: TestPKI
  private let a = LineName("a")!
  private let b = LineName("b")!

  init() throws {
    directory = try TemporaryDirectory()
    pki = try TestPKI()
  }

  private func line(_ name: LineName) -> NamedLine {
    NamedLine(name: name, specification: .unixSocket(path: directory.file("\(name)")))
  }

  @Test("A device's request reaches the manager with the line's name, and the answer comes back")
  func upstream() async throws {
    let device = FakeDevice()
    try await device.listen(at: directory.file("a"))
    let manager = try await FakeManager(pki) { request in
      CoAPMessage(code: .changed, payload: request.value(of: .musterLine) ?? [])
    }
    let gateway = try RunningGateway(pki, managerPort: manager.port, lines: [line(a)])
    await gateway.waitUntilConnected()
    await device.waitUntilUp()
    let answer = try #require(await device.request(.request(.post, "register", contentFormat: .cbor, payload: [0xA0])))
    #expect(answer.code == .changed)
    #expect(answer.payload == Array("a".utf8))
    try await gateway.stop()
    await manager.kill()
    await device.stop()
  }

  @Test("The manager's request reaches the device on the line it names, and no other")
  func downstream() async throws {
    let devices = [
      FakeDevice { _ in .response(.content, payload: [1]) }, FakeDevice { _ in .response(.content, payload: [2]) },
    ]
    try await devices[0].listen(at: directory.file("a"))
    try await devices[1].listen(at: directory.file("b"))
    let manager = try await FakeManager(pki)
    let gateway = try RunningGateway(pki, managerPort: manager.port, lines: [line(a), line(b)])
    let connection = try #require(await manager.nextConnection())
    for (index, name) in ["a", "b"].enumerated() {
      await devices[index].waitUntilUp()
      let answer = try await connection.request(to: "\(name).site-1", .get, "status")
      #expect(answer.code == .content)
      #expect(answer.payload == [UInt8(index + 1)])
      #expect(await devices[index].requests.count == 1)
      #expect(await devices[index].requests.first?.uriHost == nil)
    }
    #expect(try await connection.request(to: "c.site-1", .get, "status").code == .notFound)
    #expect(try await connection.request(to: "a.site-1", .get, "id").code == .forbidden)
    #expect(try await connection.request(to: "a.site-1", .post, "provision").code == .forbidden)
    #expect(await devices[0].requests.count == 1)
    try await gateway.stop()
    await manager.kill()
    for device in devices { await device.stop() }
  }

  @Test("A manager that is killed and comes back finds the lines up")
  func reconnect() async throws {
    let device = FakeDevice()
    try await device.listen(at: directory.file("a"))
    var manager = try await FakeManager(pki)
    let gateway = try RunningGateway(pki, managerPort: manager.port, lines: [line(a)])
    await gateway.waitUntilConnected()
    await device.waitUntilUp()
    await manager.kill()
    #expect(await gateway.managerFailure() != nil)

    let away = try #require(await device.request(.request(.post, "register")))
    #expect(away.code == .serviceUnavailable)
    #expect(away.maxAge == 5)

    manager = try await FakeManager(pki, port: manager.port)
    await gateway.waitUntilConnected()
    let back = try #require(await device.request(.request(.post, "register")))
    #expect(back.code == .changed)
    #expect(await gateway.gateway.status().lines.first?.link.sessions == 1)
    #expect(await gateway.gateway.status().manager.connections == 2)
    try await gateway.stop()
    await manager.kill()
    await device.stop()
  }

  @Test("A plug that is pulled while the device works answers the manager at once; plugged in again, the line serves")
  func unplugged() async throws {
    let (asked, sink) = AsyncStream.makeStream(of: Void.self)
    let device = FakeDevice { request in
      sink.yield()
      return request.uriPath == ["csr"] ? nil : .response(.content)
    }
    try await device.listen(at: directory.file("a"))
    let manager = try await FakeManager(pki)
    let gateway = try RunningGateway(pki, managerPort: manager.port, lines: [line(a)])
    let connection = try #require(await manager.nextConnection())
    await device.waitUntilUp()
    async let answer = connection.request(to: "a.site-1", .post, "csr")
    for await _ in asked { break }
    await device.unplug()
    #expect(try await answer.code == .gatewayTimeout)
    await device.waitUntilUp()
    #expect(try await connection.request(to: "a.site-1", .get, "status").code == .content)
    try await gateway.stop()
    await manager.kill()
    await device.stop()
  }

  @Test("A line that spews garbage disturbs no other")
  func garbage() async throws {
    let spewer = try await GarbageSource(at: directory.file("a"), seed: 0x5EED)
    let device = FakeDevice { _ in .response(.content) }
    try await device.listen(at: directory.file("b"))
    let manager = try await FakeManager(pki)
    let gateway = try RunningGateway(pki, managerPort: manager.port, lines: [line(a), line(b)])
    let connection = try #require(await manager.nextConnection())
    await device.waitUntilUp()
    for _ in 0..<50 {
      #expect(try await connection.request(to: "b.site-1", .get, "status").code == .content, "seed \(0x5EED)")
    }
    let status = await gateway.gateway.status()
    #expect(status.lines.map(\.state) == [.open, .up])
    #expect(status.lines[0].link.framesDamaged > 0)
    #expect(status.lines[1].link.framesDamaged == 0)
    #expect(status.lines[1].link.sessions == 1)
    #expect(try await connection.request(to: "a.site-1", .get, "status").code == .serviceUnavailable)
    try await gateway.stop()
    await spewer.stop()
    await manager.kill()
    await device.stop()
  }

  @Test("More requests than a line's queue holds are 5.03 with Max-Age, and the rest are served")
  func queue() async throws {
    let (asked, sink) = AsyncStream.makeStream(of: Void.self)
    let device = FakeDevice { request in
      sink.yield()
      return request.uriPath == ["slow"] ? nil : .response(.content)
    }
    try await device.listen(at: directory.file("a"))
    let manager = try await FakeManager(pki)
    let routing = RouterLimits(queuedRequests: 2, answerMilliseconds: 3_000)
    let gateway = try RunningGateway(pki, managerPort: manager.port, lines: [line(a)], routing: routing)
    let connection = try #require(await manager.nextConnection())
    await device.waitUntilUp()
    async let slow = connection.request(to: "a.site-1", .get, "slow")
    for await _ in asked { break }
    let answers = try await withThrowingTaskGroup(of: CoAPMessage.self) { group in
      for _ in 0..<5 { group.addTask { try await connection.request(to: "a.site-1", .get, "status") } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(answers.filter { $0.code == .content }.count == 2)
    #expect(answers.filter { $0.code == .serviceUnavailable && $0.maxAge == 5 }.count == 3)
    #expect(try await slow.code == .gatewayTimeout)
    try await gateway.stop()
    await manager.kill()
    await device.stop()
  }

  @Test("A second run finds nothing in its way, and the status tells of it")
  func secondRun() async throws {
    let device = FakeDevice()
    let terminal = try await device.openTerminal()
    let line = NamedLine(name: a, specification: .terminal(path: terminal, baud: 115_200))
    let manager = try await FakeManager(pki)
    for _ in 1...2 {
      let gateway = try RunningGateway(pki, managerPort: manager.port, lines: [line], directory: directory)
      _ = await gateway.first { if case .lineUp = $0 { true } else { false } }
      let status = try await GatewayStatus.fetch(from: directory.file("status"))
      #expect(status.gateway == "site-1")
      #expect(status.lines.map(\.state) == [.up])
      try await gateway.stop()
      #expect(!FileManager.default.fileExists(atPath: directory.file("status")))
    }
    await manager.kill()
    await device.stop()
  }
}

extension CoAPConnection {
  /// The manager's way to ask a device.
  func request(to host: String, _ code: Code, _ path: String) async throws -> CoAPMessage {
    var message = CoAPMessage.request(code, path)
    message.uriHost = host
    return try await request(message, timeout: .seconds(60))
  }
}
