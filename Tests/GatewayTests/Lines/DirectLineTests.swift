import CoAP
import CoAPStream
import TestKit
import Testing

@testable import Gateway

@Suite("A direct line", .timeLimit(.minutes(1)))
struct DirectLineTests {
  @Test("It asks the device, one request after the other")
  func asks() async throws {
    let device = FakeDevice { .response(.content, payload: Array($0.uriPath.joined().utf8)) }
    let line = DirectLine(.terminal(path: try await device.openTerminal(), baud: 115_200))
    #expect(try await line.open() > 1_000)
    for path in ["id", "provision"] {
      #expect(try await line.request(.request(.get, path)).payload == Array(path.utf8))
    }
    await line.close()
    await device.stop()
  }

  @Test("A line that is not there fails at once, and says so")
  func missing() async throws {
    let line = DirectLine(.terminal(path: "/dev/nonexistent", baud: 115_200))
    let error = await #expect(throws: GatewayError.self) { try await line.open() }
    #expect(error?.code == .lineUnavailable)
    #expect(error?.reason.contains("/dev/nonexistent") == true)
    await line.close()
  }

  @Test("A terminal that somebody else holds is in use, not missing")
  func heldTerminal() async throws {
    let device = FakeDevice()
    let specification = LineSpecification.terminal(path: try await device.openTerminal(), baud: 115_200)
    let first = DirectLine(specification)
    try await first.open()
    let second = DirectLine(specification)
    await #expect(throws: GatewayError(.inUse, "", advice: "")) { try await second.open() }
    await second.close()
    await first.close()
    await device.stop()
  }

  #if os(Linux)
    @Test("A socket that somebody else is connected to is in use, and free when that one has gone")
    func heldSocket() async throws {
      let directory = try TemporaryDirectory()
      let device = FakeDevice { _ in .response(.content) }
      try await device.listen(at: directory.file("a"))
      let specification = LineSpecification.unixSocket(path: directory.file("a"))
      let first = DirectLine(specification)
      try await first.open()
      let second = DirectLine(specification)
      let error = await #expect(throws: GatewayError.self) { try await second.open() }
      #expect(error?.code == .inUse)
      await second.close()
      await first.close()
      let third = DirectLine(specification)
      try await third.open()
      #expect(try await third.request(.request(.get, "id")).code == .content)
      await third.close()
      await device.stop()
    }

    @Test("Only a live peer's row of the kernel's table holds a socket")
    func socketTable() {
      let head = "Num       RefCount Protocol Flags    Type St Inode Path\n"
      let row = { (references: String, state: String, path: String) in
        "000000007c03f4aa: \(references) 00000000 00000000 0001 \(state) 1571326 \(path)\n"
      }
      let cases = [
        (row("00000003", "03", "/run/a b"), true), (row("00000003", "02", "/run/a b"), true),
        (row("00000002", "03", "/run/a b"), false), (row("00000003", "01", "/run/a b"), false),
        (row("00000003", "03", "/run/a"), false), ("0: 00000003\n", false), ("", false),
      ]
      for (rows, isHeld) in cases { #expect(SocketHolder.isHeld("/run/a b", table: head + rows) == isHeld, "\(rows)") }
    }
  #endif

  @Test("A line without a device gives up in time")
  func nobody() async throws {
    let terminal = try PseudoTerminal()
    let line = DirectLine(.terminal(path: terminal.path, baud: 115_200))
    await #expect(throws: GatewayError(.noAnswer, "", advice: "")) { try await line.open(timeout: .milliseconds(50)) }
    await line.close()
    terminal.close()
  }

  @Test("A device that stays silent, or is unplugged, ends the request")
  func silent() async throws {
    let directory = try TemporaryDirectory()
    let (asked, sink) = AsyncStream.makeStream(of: Void.self)
    let device = FakeDevice { _ in
      sink.yield()
      return nil
    }
    try await device.listen(at: directory.file("a"))
    let line = DirectLine(.unixSocket(path: directory.file("a")))
    try await line.open()
    await #expect(throws: GatewayError(.noAnswer, "", advice: "")) {
      try await line.request(.request(.get, "id"), timeout: .milliseconds(100))
    }
    let second = Task { try await line.request(.request(.get, "id")) }
    var requests = 0
    for await _ in asked {
      requests += 1
      if requests == 2 { break }
    }
    await device.unplug()
    await #expect(throws: GatewayError(.noAnswer, "", advice: "")) { try await second.value }
    await line.close()
    await device.stop()
  }

  @Test("What is too long for the device is not sent")
  func tooLong() async throws {
    let device = FakeDevice()
    let line = DirectLine(.terminal(path: try await device.openTerminal(), baud: 115_200))
    try await line.open()
    let long = CoAPMessage.request(.post, "provision", payload: Array(repeating: 0, count: 4_000))
    await #expect(throws: GatewayError(.badConfiguration, "", advice: "")) { try await line.request(long) }
    #expect(await device.requests.isEmpty)
    await line.close()
    await device.stop()
  }
}
