import CoAP
import CoAPStream
import Foundation
import ManagerBench
import PKI
import Synchronization
import Testing

@testable import Manager

@Suite("Bodies longer than a message, inside a session")
struct BodyTests: SessionSuite {
  let bench: SessionBench
  private let bodies: BodyKeeper

  init() throws {
    bench = try SessionBench()
    bodies = BodyKeeper(clock: bench.rig.clock)
  }

  /// The manager with a resource that answers with what it got, backwards, and one that gives out 3,000 bytes.
  private func desk(_ bodies: BodyKeeper? = nil) -> FrontDesk {
    var inner = bench.desk.desk
    inner.resources = [
      ["mirror"]: { request, _ in .response(.changed, payload: request.payload.reversed()) },
      ["given"]: { _, _ in .response(.content, payload: Self.body(3_000)) },
      ["much"]: { _, _ in .response(.content, payload: Self.body(16_385)) },
    ]
    return FrontDesk(sessions: bench.desk.sessions, desk: inner, bodies: bodies ?? self.bodies)
  }

  private static func body(_ bytes: Int) -> [UInt8] {
    (0..<bytes).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
  }

  /// A device that the manager knows, in a session.
  private func known(_ id: String, from gateway: String = "g", _ desk: FrontDesk) async throws -> SecuredDevice {
    let device = try SecuredDevice(id, manager: rig.managerKeys.current)
    try await store.commit(
      .addDevice(device.inner.id, model: nil, thumbprint: device.key.thumbprint), by: .manager, at: rig.clock.now)
    #expect(try await desk.begin(device, from: gateway).code == .changed)
    return device
  }

  private func block(
    _ number: UInt32, more: Bool, of body: [UInt8], to path: String = "mirror", tag: UInt8 = 1
  ) -> CoAPMessage {
    let start = min(Int(number) * 1_024, body.count)
    let part = Array(body[start..<(more ? min(start + 1_024, body.count) : body.count)])
    var message = CoAPMessage.request(.post, path, payload: part)
    message.block1 = Block(number: number, more: more, sizeExponent: 6)
    message.add(.requestTag, [tag])
    return message
  }

  @Test("3,000 bytes go both ways in one exchange, in blocks of every size, and nothing of them is kept afterwards")
  func bothWays() async throws {
    let desk = desk()
    let device = try await known("K1", desk)
    for exponent in UInt8(2)...6 {
      var client = BlockwiseClient()
      client.sizeExponent = exponent
      let answer = try await client.perform(.request(.post, "mirror", payload: Self.body(3_000))) {
        try await desk.ask(device, $0)
      }
      #expect(answer.code == .changed && answer.payload == Self.body(3_000).reversed(), "2^\(exponent + 4) bytes")
      let given = try await client.perform(.request(.get, "given")) { try await desk.ask(device, $0) }
      #expect(given.code == .content && given.payload == Self.body(3_000))
    }
    #expect(await bodies.count == 0)
  }

  @Test("4,096 bytes are taken, one more is 4.13 with the limit, as soon as it is announced or has come")
  func limit() async throws {
    let desk = desk()
    let device = try await known("K1", desk)
    func send(_ bytes: Int, announced: Bool) async throws -> CoAPMessage {
      try await BlockwiseClient().perform(.request(.post, "mirror", payload: Self.body(bytes))) {
        var block = $0
        if !announced { block.remove(.size1) }
        return try await desk.ask(device, block)
      }
    }
    for announced in [true, false] {
      #expect(try await send(4_096, announced: announced).code == .changed)
      let refused = try await send(4_097, announced: announced)
      #expect(refused.code == .requestEntityTooLarge && refused.uint(.size1) == 4_096)
    }
    #expect(await bodies.count == 0)
    let much = try await desk.ask(device, .request(.get, "much"))
    #expect(much.code == .internalServerError)
  }

  @Test("A device that nobody approved brings one message at a time, and no more")
  func strangers() async throws {
    let desk = desk()
    _ = try await desk.begin(device)
    let body = Self.body(3_000)
    #expect(try await desk.ask(device, block(0, more: true, of: body)).code == .requestEntityTooLarge)
    #expect(try await desk.ask(device, .request(.post, "mirror", payload: [1])).code == .forbidden)
    #expect(await bodies.count == 0)
  }

  @Test("A block that is missing, of another body, request, device or session completes nothing")
  func mixedUp() async throws {
    let desk = desk()
    let (one, two) = (try await known("K1", desk), try await known("K2", desk))
    let body = Self.body(3_000)
    func begin() async throws {
      #expect(try await desk.ask(one, block(0, more: true, of: body)).code == .continue)
    }
    try await begin()
    #expect(try await desk.ask(one, block(2, more: false, of: body)).code == .requestEntityIncomplete)
    try await begin()
    #expect(try await desk.ask(one, block(1, more: true, of: body, tag: 2)).code == .requestEntityIncomplete)
    try await begin()
    #expect(try await desk.ask(one, block(1, more: true, of: body, to: "given")).code == .requestEntityIncomplete)
    try await begin()
    #expect(try await desk.ask(two, block(1, more: true, of: body)).code == .requestEntityIncomplete)
    // The other device's attempt did not disturb this one's.
    #expect(try await desk.ask(one, block(1, more: true, of: body)).code == .continue)
    _ = try await desk.begin(one)
    #expect(try await desk.ask(one, block(2, more: false, of: body)).code == .requestEntityIncomplete)
    #expect(await bodies.count == 0)
    var short = block(0, more: true, of: body)
    short.payload.removeLast()
    #expect(try await desk.ask(one, short).code == .badRequest)
    var twice = block(0, more: true, of: body)
    twice.add(.block1, uint: 8)
    #expect(try await desk.ask(one, twice).code == .badOption)
  }

  @Test("A later block of an answer that is not there any more is 4.08 after a POST, and read again after a GET")
  func lateBlocks() async throws {
    let desk = desk()
    let device = try await known("K1", desk)
    func later(_ code: Code, _ path: String, _ number: UInt32) -> CoAPMessage {
      var message = CoAPMessage.request(code, path)
      message.block2 = Block(number: number, more: false, sizeExponent: 6)
      return message
    }
    #expect(try await desk.ask(device, later(.post, "mirror", 1)).code == .requestEntityIncomplete)
    let first = try await desk.ask(device, .request(.get, "given"))
    #expect(first.block2?.more == true && first.uint(.size2) == 3_000 && first.payload.count == 1_024)
    // In between another exchange takes the place of the answer.
    #expect(try await desk.ask(device, block(0, more: true, of: Self.body(3_000))).code == .continue)
    let second = try await desk.ask(device, later(.get, "given", 1))
    #expect(second.code == .content && second.payload == Array(Self.body(3_000)[1_024..<2_048]))
    #expect(second.entityTag == first.entityTag && first.entityTag != nil)
    #expect(try await desk.ask(device, later(.get, "given", 3)).code == .badRequest)
  }

  @Test(
    "A gateway has sixteen transfers at a time: more wait, other gateways' do not, and a minute of silence ends one")
  func quota() async throws {
    let desk = desk()
    let body = Self.body(3_000)
    var devices: [SecuredDevice] = []
    for index in 0..<17 { devices.append(try await known("K\(index)", desk)) }
    for device in devices.prefix(16) {
      #expect(try await desk.ask(device, block(0, more: true, of: body)).code == .continue)
    }
    let refused = try await desk.ask(devices[16], block(0, more: true, of: body))
    #expect(refused.code == .serviceUnavailable && refused.maxAge == 5)
    let other = try await known("O1", from: "h", desk)
    #expect(try await desk.ask(other, block(0, more: true, of: body), from: "h").code == .continue)
    // Those that are under way go on.
    #expect(try await desk.ask(devices[0], block(1, more: true, of: body)).code == .continue)
    rig.clock.advance(by: .seconds(61))
    // Also for whoever would go on with it.
    #expect(try await desk.ask(devices[0], block(2, more: false, of: body)).code == .requestEntityIncomplete)
    #expect(try await desk.ask(devices[16], block(0, more: true, of: body)).code == .continue)
    #expect(await bodies.count == 1)
  }

  @Test("A device has one place, however many sessions it begins")
  func sessions() async throws {
    let desk = desk()
    let (one, two) = (try await known("K1", desk), try await known("K2", desk))
    for _ in 0..<16 {
      #expect(try await desk.ask(one, block(0, more: true, of: Self.body(3_000))).code == .continue)
      _ = try await desk.begin(one)
    }
    #expect(await bodies.count == 1)
    #expect(try await desk.ask(two, block(0, more: true, of: Self.body(3_000))).code == .continue)
  }

  @Test("What was brought in blocks and worked on gets its long answer, though others wanted its place meanwhile")
  func placeKept() async throws {
    let next = Mutex<(@Sendable () async -> Void)?>(nil)
    var inner = bench.desk.desk
    inner.resources = [
      ["mirror"]: { request, _ in
        await next.withLock { $0 }?()
        return .response(.changed, payload: request.payload.reversed())
      }
    ]
    let desk = FrontDesk(sessions: bench.desk.sessions, desk: inner, bodies: bodies)
    var devices: [SecuredDevice] = []
    for index in 0..<17 { devices.append(try await known("K\(index)", desk)) }
    let (body, late) = (Self.body(2_000), devices[16])
    let first = block(0, more: true, of: body)
    for device in devices.prefix(16) { #expect(try await desk.ask(device, first).code == .continue) }
    let refused = Mutex<Code?>(nil)
    next.withLock {
      $0 = {
        let code = try? await desk.ask(late, first).code
        refused.withLock { $0 = code }
      }
    }
    let answer = try await desk.ask(devices[0], block(1, more: false, of: body))
    #expect(refused.withLock { $0 } == .serviceUnavailable)
    #expect(answer.code == .changed && answer.block2?.more == true)
  }
}
