import CoAP
import CoAPStream
import Foundation
import Synchronization
import Testing

@testable import Gateway

@Suite("CoAP over UDP through the gateway", .timeLimit(.minutes(2)))
struct UDPGatewayTests {
  private static let body = (0..<3_000).map { UInt8($0 * 31 % 256) }

  private let pki: TestPKI
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    pki = try TestPKI()
  }

  private func start(_ manager: FakeManager) async throws -> (gateway: RunningGateway, port: Int) {
    let udp = UDPSettings(address: try UDPAddress(parsing: "127.0.0.1:0"))
    let gateway = try RunningGateway(pki, managerPort: manager.port, lines: [], udp: udp)
    let event = await gateway.first { if case .udpListening = $0 { true } else { false } }
    guard case .udpListening(let address)? = event, let port = Int(address.split(separator: ":").last ?? "") else {
      throw Peer.Failure(description: "the gateway does not listen")
    }
    await gateway.waitUntilConnected()
    return (gateway, port)
  }

  /// Stores 3000 bytes at the device that the line leads to, and fetches them again.
  private static func callBack(_ line: [UInt8], over connection: CoAPConnection?) async -> CoAPMessage {
    guard let connection else { return .problem(.internalServerError, "no connection") }
    do {
      let host = String(decoding: line, as: UTF8.self) + ".site-1"
      var client = BlockwiseClient()
      client.sizeExponent = 4
      let send = { (message: CoAPMessage) in
        var message = message
        message.uriHost = host
        return try await connection.request(message, timeout: .seconds(30))
      }
      let stored = try await client.perform(.request(.put, "mirror", payload: body), send: send)
      let fetched = try await client.perform(.request(.get, "mirror"), send: send)
      let whole = stored.code == .changed && fetched.payload == body
      let direct = try await [send(.request(.get, "id")), send(.request(.post, "provision"))].map(\.code)
      return CoAPMessage(
        code: .changed,
        payload: Array("\(host.prefix(10)) \(whole) \(direct == [.forbidden, .forbidden])".utf8))
    } catch {
      return .problem(.internalServerError, "\(error)")
    }
  }

  @Test("aiocoap asks and is asked, by bodies of 3 KB, as a device that has never heard of Muster")
  func aiocoap() async throws {
    let stored = Mutex(BodyStore())
    let connections = Mutex<CoAPConnection?>(nil)
    let manager = try await FakeManager(pki) { request in
      switch request.uriPath {
      case ["big"]: stored.withLock { $0.answer(request) }
      case ["given"]: BodyStore(body: Self.body).served(request)
      case ["small"]: CoAPMessage(code: .content, payload: [1])
      case ["call-me"]: await Self.callBack(request.value(of: .musterLine) ?? [], over: connections.withLock { $0 })
      default: .problem(.notFound, "nothing here")
      }
    }
    let (gateway, port) = try await start(manager)
    connections.withLock { $0 = nil }
    let connection = await manager.nextConnection()
    connections.withLock { $0 = connection }
    let report = try await Peer.python("aiocoap_udp.py", "\(port)")
    #expect(
      report == [
        "given 2.05 Content True", "stored 2.04 Changed", "fetched 2.05 Content True",
        "plain 2.05 Content NON", "called 2.04 Changed u-7f000001 true true", "missing 4.04 Not Found",
      ])
    let status = try #require(await gateway.gateway.status().udp)
    #expect(status.endpoints == 1 && status.verified == 1)
    #expect(status.counters.challenges == 1 && status.counters.malformed == 0 && status.counters.undelivered == 0)
    try await gateway.stop()
    await manager.kill()
  }

  @Test("libcoap stores 3 KB block-wise, and fetches more than a stranger may be sent")
  func libcoap() async throws {
    let stored = Mutex(BodyStore())
    // One block: libcoap 4.3.1 loses the rest of a longer answer that comes apart from its acknowledgement.
    let given = String((0..<900).map { Character(Unicode.Scalar(UInt8(65 + $0 % 26))) })
    let manager = try await FakeManager(pki) { request in
      if request.uriPath == ["given"] { return CoAPMessage(code: .content, payload: Array(given.utf8)) }
      return stored.withLock { $0.answer(request) }
    }
    let (gateway, port) = try await start(manager)
    let text = String((0..<3_000).map { Character(Unicode.Scalar(UInt8(97 + $0 % 26))) })
    try directory.write(text, to: "body")
    let uri = "coap://127.0.0.1:\(port)/"
    let put = ["coap-client-notls", "-B", "20", "-m", "put", "-b", "256", "-f", directory.file("body"), uri + "big"]
    _ = try await Peer.run(put)
    #expect(stored.withLock { $0.body } == Array(text.utf8))
    let fetched = try await Peer.run(["coap-client-notls", "-B", "20", "-m", "get", uri + "given"])
    #expect(fetched.trimmingCharacters(in: .newlines) == given)
    let status = try #require(await gateway.gateway.status().udp)
    #expect(status.counters.challenges == 1 && status.counters.verified == 1)
    try await gateway.stop()
    await manager.kill()
  }

  @Test("Without a manager a device is told when to come back, and a taken port is told of at once")
  func noManager() async throws {
    let manager = try await FakeManager(pki)
    let (gateway, port) = try await start(manager)
    await manager.kill()
    _ = await gateway.managerFailure()
    let answer = try await Peer.run(
      ["coap-client-notls", "-B", "20", "-m", "get", "coap://127.0.0.1:\(port)/x"], isFailureFine: true)
    #expect(answer.contains("5.03"))
    let taken = UDPSettings(address: try UDPAddress(parsing: "127.0.0.1:\(port)"))
    let second = try RunningGateway(pki, managerPort: manager.port, lines: [], udp: taken)
    await #expect(throws: GatewayError(.inUse, "", advice: "")) { try await second.end() }
    try await gateway.stop()
  }
}
