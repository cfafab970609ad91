import CoAP
import CoAPStream
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
