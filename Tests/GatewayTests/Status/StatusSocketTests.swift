import Foundation
import NIOPosix
import Testing

@testable import Gateway

@Suite("The status socket", .timeLimit(.minutes(1)))
struct StatusSocketTests {
  private let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
  private let status = GatewayStatus(
    gateway: "site-1", startedAt: Date(timeIntervalSince1970: 1), certificateNotAfter: Date(timeIntervalSince1970: 2),
    manager: .init(address: "127.0.0.1:5684", isConnected: false, since: nil, connections: 0, lastFailure: nil),
    lines: [
      .init(
        name: "a", specification: "/dev/ttyS0", state: .open, since: Date(timeIntervalSince1970: 3), lastFailure: nil,
        requestsInProgress: 0, link: LineCounters(), proxy: RouteCounters())
    ])

  @Test("What a gateway says is what is read, and only its owner may ask")
  func served() async throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("status")
    let json = try status.json()
    let server = try await StatusSocket.listen(at: path, on: eventLoop) { json }
    #expect(try await GatewayStatus.fetch(from: path) == status)
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
    try await server.close()
  }

  @Test("A second gateway does not take the socket of one that runs")
  func taken() async throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("status")
    let server = try await StatusSocket.listen(at: path, on: eventLoop) { "" }
    await #expect(throws: GatewayError(.inUse, "", advice: "")) {
      try await StatusSocket.listen(at: path, on: eventLoop) { "" }
    }
    try await server.close()
  }

  @Test("The socket of one that was killed is replaced")
  func stale() async throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("status")
    try await StatusSocket.listen(at: path, on: eventLoop) { "" }.close()  // closing leaves the file, as a kill does
    #expect(FileManager.default.fileExists(atPath: path))
    let json = try status.json()
    let server = try await StatusSocket.listen(at: path, on: eventLoop) { json }
    #expect(try await GatewayStatus.fetch(from: path) == status)
    try await server.close()
  }

  @Test("A file that is no socket is left alone")
  func file() async throws {
    let directory = try TemporaryDirectory()
    try directory.write("precious", to: "status")
    await #expect(throws: GatewayError(.cannotWrite, "", advice: "")) {
      try await StatusSocket.listen(at: directory.file("status"), on: eventLoop) { "" }
    }
    #expect(try directory.read("status") == "precious")
  }

  @Test("Where no gateway runs, the question says so")
  func notRunning() async throws {
    let directory = try TemporaryDirectory()
    await #expect(throws: GatewayError(.notRunning, "", advice: "")) {
      try await GatewayStatus.fetch(from: directory.file("status"))
    }
  }
}
