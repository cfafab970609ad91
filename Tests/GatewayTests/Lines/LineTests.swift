import CoAP
import CoAPStream
import Foundation
import NIOCore
import NIOPosix
import SerialLink
import Testing

@testable import Gateway

@Suite("A line", .timeLimit(.minutes(1)))
struct LineTests {
  @Test("A message crosses a pseudo-terminal, there and back")
  func terminal() async throws {
    let device = FakeDevice { CoAPMessage(code: .content, payload: $0.payload) }
    let path = try await device.openTerminal()
    let line = LineHarness()
    try await line.start(.terminal(path: path, baud: 115_200))
    try await echo(over: line)
    await line.stop()
    await device.stop()
  }

  @Test("A message crosses a Unix socket, there and back")
  func socket() async throws {
    let directory = try TemporaryDirectory()
    let device = FakeDevice { CoAPMessage(code: .content, payload: $0.payload) }
    try await device.listen(at: directory.file("a"))
    let line = LineHarness()
    try await line.start(.unixSocket(path: directory.file("a")))
    try await echo(over: line)
    await line.stop()
    await device.stop()
  }

  @Test("A line that is not there yet is opened when it comes, and again when it was pulled")
  func hotPlug() async throws {
    let directory = try TemporaryDirectory()
    let line = LineHarness()
    try await line.start(.unixSocket(path: directory.file("a")))
    #expect(await line.closingReason() != nil)
    let device = FakeDevice()
    try await device.listen(at: directory.file("a"))
    await line.waitUntilUp()
    await device.unplug()
    #expect(await line.closingReason() != nil)
    await line.waitUntilUp()
    let counters = await line.counters
    #expect(counters.openings == 2)
    #expect(counters.sessions == 2)
    await line.stop()
    await device.stop()
  }

  @Test("A terminal whose other end is gone closes the line, and says why it cannot be opened again")
  func terminalPulled() async throws {
    let device = FakeDevice()
    let path = try await device.openTerminal()
    let line = LineHarness()
    try await line.start(.terminal(path: path, baud: 115_200))
    await line.waitUntilUp()
    await device.unplug()
    #expect(await line.closingReason() != nil)
    let again = try #require(await line.closingReason())
    #expect(again.contains(path))
    await line.stop()
  }

  @Test("Two cannot hold one terminal: the second is told, and gets it when the first has let go")
  func locked() async throws {
    let device = FakeDevice()
    let path = try await device.openTerminal()
    let first = LineHarness()
    try await first.start(.terminal(path: path, baud: 115_200))
    await first.waitUntilUp()
    let second = LineHarness()
    try await second.start(.terminal(path: path, baud: 115_200))
    #expect(await second.closingReason()?.contains("another process") == true)
    await first.stop()
    await second.waitUntilUp()
    await second.stop()
    await device.stop()
  }

  @Test("A file that is no terminal is refused")
  func noTerminal() async throws {
    let line = LineHarness()
    try await line.start(.terminal(path: "/dev/null", baud: 115_200))
    #expect(await line.closingReason() == "/dev/null is no serial line.")
    await line.stop()
  }

  @Test("The trace has every byte of both directions, in order, with the time")
  func trace() async throws {
    let directory = try TemporaryDirectory()
    let device = FakeDevice { CoAPMessage(code: .content, payload: $0.payload) }
    try await device.listen(at: directory.file("a"))
    let line = LineHarness()
    try await line.start(.unixSocket(path: directory.file("a")), trace: (directory.path, LineName("a")!))
    try await echo(over: line)
    let counters = await line.counters
    await line.stop()
    await device.stop()

    var sent = 0
    var received = 0
    for entry in try directory.read("line-a.log").split(separator: "\n") {
      let parts = entry.split(separator: " ")
      #expect(parts.count == 3)
      #expect(parts[0].wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
      if parts[1] == ">" { sent += parts[2].count / 2 } else { received += parts[2].count / 2 }
    }
    #expect(sent == Int(counters.bytesSent))
    #expect(received == Int(counters.bytesReceived))
    let mode = try FileManager.default.attributesOfItem(atPath: directory.file("line-a.log"))[.posixPermissions]
    #expect(mode as? Int == 0o600)
  }

  private func echo(over line: LineHarness) async throws {
    await line.waitUntilUp()
    let request = CoAPMessage(code: .post, token: Token([5].span)!, payload: Array(repeating: 0x5A, count: 700))
    try await line.send(try request.serialized())
    let event = await line.first { if case .message = $0 { true } else { false } }
    guard case .message(let bytes) = event else { throw GatewayError(.noAnswer, "no echo", advice: "") }
    let answer = try CoAPMessage(parsing: bytes)
    #expect(answer.token == request.token)
    #expect(answer.payload == request.payload)
  }
}
