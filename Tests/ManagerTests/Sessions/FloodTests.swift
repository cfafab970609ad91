import CoAP
import CoAPStream
import Foundation
import ManagerBench
import OSCORE
import PKI
import Testing

@testable import Manager

@Suite("A flood of message 1")
struct FloodTests {
  let rig: Rig
  let store: SQLiteStore
  let desk: FrontDesk

  init() throws {
    rig = try Rig()
    store = try rig.openStore()
    let ledger = rig.ledger(store)
    desk = rig.desk(ledger, rig.engine(ledger))
  }

  private func device(_ id: String) throws -> SecuredDevice {
    try SecuredDevice(id, manager: rig.managerKeys.current)
  }

  @Test("Of one gateway fills only its own places: devices of other gateways enrol meanwhile")
  func otherGateways() async throws {
    let limits = HandshakeTable.Limits()
    let flooder = try device("F1")
    for round in 0..<8 {
      for _ in 0..<limits.gateway {
        _ = await desk.answer(try flooder.message1().from("l\(Int.random(in: 0..<10_000))"), from: "bad")
      }
      #expect(try await desk.begin(try device("D\(round)"), from: "good\(round)").code == .changed)
      #expect(await desk.sessions.handshakeCount <= limits.gateway + 1)
    }
  }

  @Test("Above load message 1 is answered with an Echo and costs no place; with that Echo it gets one")
  func echo() async throws {
    let limits = HandshakeTable.Limits()
    let flooder = try device("F1")
    for index in 0..<limits.load {
      #expect(await desk.answer(try flooder.message1().from("l\(index)"), from: "g").code == .changed)
    }
    let before = await desk.sessions.handshakeCount
    let refusal = await desk.answer(try flooder.message1().from("x"), from: "g")
    #expect(refusal.code == .unauthorized)
    let echo = try #require(refusal.value(of: .echo))
    #expect(await desk.sessions.handshakeCount == before)
    // For another line, or changed, or too old it is none.
    func again(_ value: [UInt8], _ line: String) async throws -> Code {
      var message = try flooder.message1()
      message.add(.echo, value)
      return await desk.answer(message.from(line), from: "g").code
    }
    #expect(try await again(echo, "y") == .unauthorized)
    for index in echo.indices {
      var spoilt = echo
      spoilt[index] ^= 1
      #expect(try await again(spoilt, "x") == .unauthorized)
    }
    #expect(try await again(Array(echo.dropLast()), "x") == .unauthorized)
    #expect(try await again(echo, "x") == .changed)
    rig.clock.advance(by: .seconds(61))
    for index in 0..<limits.load { _ = await desk.answer(try flooder.message1().from("m\(index)"), from: "g") }
    #expect(try await again(echo, "x") == .unauthorized)
  }

  @Test("Of one address, from as many ports as it likes, keeps neither serial lines nor other addresses out")
  func oneAddress() async throws {
    let limits = HandshakeTable.Limits()
    let flooder = try device("F1")
    for port in 0..<200 {
      let line = "u-0a000001-" + [UInt8(port >> 8), UInt8(port & 0xFF)].hexadecimal
      let answer = await desk.answer(try flooder.message1().from(line), from: "g")
      // Its own are asked for an Echo as soon as there are many.
      #expect(answer.code == (port < limits.load ? .changed : .unauthorized), "port \(port)")
    }
    for (id, line) in [("D1", "d1"), ("D2", "u-0a000002-1633"), ("D3", "u-20010db8000000000000000000000001-1633-2")] {
      _ = await desk.answer(try flooder.message1().from("u-0a000001-ffff"), from: "g")
      #expect(await desk.sessions.handshakeCount == limits.load)
      #expect(try await desk.begin(try device(id), line: line).code == .changed, "\(line)")
    }
    #expect(await desk.sessions.handshakeCount == limits.load - 1)
  }

  @Test(
    "Of one host that brings every Echo, from all ports of its address or all addresses of its network, ends nobody else's",
    arguments: ["u-0a000001-%04x", "u-20010db8000000000000%012x-1633"])
  func echoed(lines: String) async throws {
    let limits = HandshakeTable.Limits()
    let honest = try device("D1")
    let message2 = await desk.answer(try honest.message1().from("d1"), from: "g")
    let elsewhere = try device("D2")
    let other2 = await desk.answer(try elsewhere.message1().from("u-0b000001-1633"), from: "g")
    let flooder = try device("F1")
    for number in 0..<300 {
      let line = String(format: lines, number)
      let answer = await desk.answer(try flooder.message1().from(line), from: "g")
      guard let echo = answer.value(of: .echo) else { continue }
      var again = try flooder.message1()
      again.add(.echo, echo)
      #expect(await desk.answer(again.from(line), from: "g").code == .changed)
    }
    #expect(await desk.sessions.handshakeCount == limits.gateway)
    for (device, answer, line) in [(honest, message2, "d1"), (elsewhere, other2, "u-0b000001-1633")] {
      let message3 = try device.message3(answer, by: .value)
      let combined = try device.protect(try device.inner.registration(), message3: message3)
      #expect(try device.open(await desk.answer(combined.from(line), from: "g")).code == .changed, "\(line)")
    }
  }

  @Test(
    "Of forged addresses keeps no serial line out, and ends no handshake of one; who may be forged must bring an Echo")
  func forgedAddresses() async throws {
    let limits = HandshakeTable.Limits()
    let honest = try device("D1")
    let message2 = await desk.answer(try honest.message1().from("d1"), from: "g")
    let flooder = try device("F1")
    for number in 0..<200 {
      let line = "u-0a0000\([UInt8(number)].hexadecimal)-1633"
      _ = await desk.answer(try flooder.message1().from(line), from: "g")
    }
    #expect(await desk.sessions.handshakeCount == limits.load)
    let stranger = await desk.answer(try device("D2").message1().from("u-0b000001-1633"), from: "g")
    #expect(stranger.code == .unauthorized)
    #expect(stranger.value(of: .echo) != nil)
    #expect(try await desk.begin(try device("D3"), line: "d3").code == .changed)
    let message3 = try honest.message3(message2, by: .value)
    let combined = try honest.protect(try honest.inner.registration(), message3: message3)
    #expect(try honest.open(await desk.answer(combined.from("d1"), from: "g")).code == .changed)
  }

  @Test("A device that restarts under load goes on in its own place")
  func restartUnderLoad() async throws {
    let limits = HandshakeTable.Limits()
    let flooder = try device("F1")
    let restarting = try device("D1")
    _ = await desk.answer(try restarting.message1().from("d1"), from: "g")
    for index in 1..<limits.load { _ = await desk.answer(try flooder.message1().from("l\(index)"), from: "g") }
    #expect(await desk.answer(try flooder.message1().from("x"), from: "g").code == .unauthorized)
    #expect(try await desk.begin(restarting).code == .changed)
  }

  @Test("DeviceKit's device comes through one of its own gateway: it brings the Echo that it is asked for")
  func throughTheFlood() async throws {
    let honest = try KitDevice("D1")
    let root = SigningKey()
    let descriptor = try TrustTerms(
      network: "plant", epoch: 1, managerKeys: [rig.managerKeys.current.coordinates], signers: [],
      anchors: [TrustTerms.Anchor(rig.authority.anchor)]
    ).signed(by: root)
    #expect(try honest.provision(root: Array(root.publicKey.rawRepresentation), descriptor) == .changed)
    let flooder = try device("F1")
    func flood() async throws {
      for index in 0..<HandshakeTable.Limits().load {
        _ = await desk.answer(try flooder.message1().from("l\(index)"), from: "g")
      }
    }
    try await flood()
    #expect(
      try await honest.enter(desk) == KitDevice.Entry(codes: [.unauthorized, .changed, .changed], isInside: true))
    #expect(try await store.device(honest.id)?.state == .pending)
    // Without a flood nothing is asked for.
    rig.clock.advance(by: .seconds(61))
    try honest.restart()
    #expect(try await honest.enter(desk) == KitDevice.Entry(codes: [.changed, .changed], isInside: true))
  }

  @Test("Once it is over, what it left does not load the gateway any longer than a minute")
  func expiry() async throws {
    let flooder = try device("F1")
    for index in 0..<HandshakeTable.Limits().load {
      _ = await desk.answer(try flooder.message1().from("l\(index)"), from: "g")
    }
    #expect(await desk.answer(try flooder.message1().from("x"), from: "g").code == .unauthorized)
    rig.clock.advance(by: .seconds(61))
    #expect(try await desk.begin(try device("D1")).code == .changed)
    #expect(await desk.sessions.handshakeCount == 0)
  }

  @Test("Of one line takes the places of that line only")
  func otherLines() async throws {
    let honest = try device("D1")
    let message2 = await desk.answer(try honest.message1().from("d1"), from: "g")
    let flooder = try device("F1")
    for _ in 0..<500 { _ = await desk.answer(try flooder.message1().from("bad"), from: "g") }
    let message3 = try honest.message3(message2, by: .value)
    let combined = try honest.protect(try honest.inner.registration(), message3: message3)
    #expect(try honest.open(await desk.answer(combined.from("d1"), from: "g")).code == .changed)
  }

  @Test("Strangers' sessions make room for strangers' only, never for those of devices that are known")
  func strangers() async throws {
    let ledger = rig.ledger(store)
    let keeper = rig.keeper(ledger, strangers: 3)
    let small = FrontDesk(sessions: keeper, desk: desk.desk)
    let known = try device("K1")
    try await store.commit(
      .addDevice(known.inner.id, model: nil, thumbprint: known.key.thumbprint), by: .manager, at: rig.clock.now)
    _ = try await small.begin(known)
    let strangers = try (0..<5).map { try device("S\($0)") }
    for stranger in strangers { _ = try await small.begin(stranger) }
    #expect(await keeper.sessionCount == 4)
    #expect(try await small.ask(known, try known.inner.registration()).code == .changed)
    await #expect(throws: SecuredDevice.Unexpected.self) {
      _ = try await small.ask(strangers[0], try strangers[0].inner.registration())
    }
    #expect(try await small.ask(strangers[4], try strangers[4].inner.registration()).code == .changed)
  }

  @Test("A full table takes from the gateway that has most")
  func fullTable() {
    var limits = HandshakeTable.Limits()
    limits.total = 6
    var table = HandshakeTable(limits: limits)
    func insert(_ gateway: String, _ line: String, _ number: UInt8) {
      let pending = PendingHandshake(
        over: Route(gateway: gateway, line: line), since: .distantPast, crypto: HostCryptography())
      table.insert(pending, as: identifier(number), isEchoed: true)
    }
    for number in 0..<5 { insert("a", "l\(number)", UInt8(number)) }
    insert("b", "l", 100)
    insert("c", "l", 101)
    #expect(table.count == 6)
    #expect(table.count(of: "a") == 4)
    #expect(!table.contains(identifier(0)))
    #expect(table.contains(identifier(100)))
  }

  private func identifier(_ number: UInt8) -> ConnectionIdentifier {
    let bytes = [number]
    return ConnectionIdentifier(bytes.span)!
  }
}
