import CoAP
import CoAPStream
import Foundation
import ManagerBench
import OSCORE
import PKI
import Testing

@testable import Manager

@Suite("Sessions with devices")
struct SessionTests: SessionSuite {
  let bench: SessionBench

  init() throws {
    bench = try SessionBench()
  }

  @Test("A device nobody knows proves its key, registers in the same message, and waits with its thumbprint shown")
  func stranger() async throws {
    #expect(try await desk.begin(device).code == .changed)
    let row = try #require(try await store.device(device.inner.id))
    #expect(row.state == .pending)
    #expect(row.thumbprint == device.key.thumbprint)
    #expect(row.key == device.key)
    #expect(row.route == Route(gateway: "g", line: "d1"))
    #expect(try await desk.ask(device, try device.inner.registration()).code == .changed)
  }

  @Test("A device of a factory list goes on at its first call, by value; later it is known by 8 bytes")
  func factoryList() async throws {
    try await store.commit(
      .addDevice(device.inner.id, model: nil, thumbprint: device.key.thumbprint), by: .manager, at: rig.clock.now)
    // By reference it is not known yet: EDHOC's error 3 says that by value it may be.
    let message2 = await desk.answer(try device.message1().from("d1"), from: "g")
    let message3 = try device.message3(message2, by: .keyIdentifier)
    let refusal = await desk.answer(
      try device.protect(try device.inner.registration(), message3: message3).from("d1"), from: "g")
    #expect(refusal.code == .badRequest)
    #expect(try edhocError(refusal) == .unknownCredential)

    #expect(try await desk.begin(device, by: .value).code == .changed)
    #expect(try await store.device(device.inner.id)?.state == .approved)
    #expect(try await desk.begin(device, by: .keyIdentifier).code == .changed)
    #expect(await desk.sessions.sessionCount == 1)
  }

  @Test("Message 3 that comes alone is confirmed by message 4, and protected requests follow")
  func message4() async throws {
    let message2 = await desk.answer(try device.message1().from("d1"), from: "g")
    let message3 = try device.message3(message2, by: .value)
    let request = CoAPMessage.request(
      .post, ".well-known/edhoc", contentFormat: .cidEdhoc, payload: device.responderPrefix + message3)
    let answer = await desk.answer(request.from("d1"), from: "g")
    #expect(answer.code == .changed)
    #expect(answer.contentFormat == .edhoc)
    try device.readMessage4(answer)
    #expect(try await desk.ask(device, try device.inner.registration()).code == .changed)
  }

  @Test(
    "However message 3 comes, alone or with a request, and whatever it holds, its handshake's secrets are gone then")
  func secretsGone() async throws {
    for isSpoilt in [false, true] {
      for isCombined in [false, true] {
        let message2 = await desk.answer(try device.message1().from("d1"), from: "g")
        var message3 = try device.message3(message2, by: .value)
        if isSpoilt { message3[message3.count - 1] ^= 1 }
        let request =
          isCombined
          ? try device.protect(try device.inner.registration(), message3: message3)
          : CoAPMessage.request(
            .post, ".well-known/edhoc", contentFormat: .cidEdhoc, payload: device.responderPrefix + message3)
        let isEnded = await desk.sessions.endsHandshake(request, over: Route(gateway: "g", line: "d1"))
        #expect(isEnded, "spoilt \(isSpoilt), combined \(isCombined)")
      }
    }
  }

  @Test("The old session serves until a new message 3 verifies, and not a moment longer")
  func oldSession() async throws {
    _ = try await desk.begin(device)
    // Somebody begins another handshake in its name and gets no further.
    let other = try SecuredDevice("D1", manager: rig.managerKeys.current)
    let message2 = await desk.answer(try other.message1().from("d1"), from: "g")
    #expect(message2.code == .changed)
    #expect(try await desk.ask(device, try device.inner.registration()).code == .changed)
    // The same device, restarted: its former context is gone with its memory, and at the manager too.
    let before = try device.protect(try device.inner.registration())
    _ = try await desk.begin(device)
    let stale = await desk.answer(before.from("d1"), from: "g")
    #expect(stale.code == .unauthorized)
    #expect(stale.payload.isEmpty)
    #expect(stale.value(of: .oscore) == nil)
  }

  @Test("A recorded message is refused when it comes again, and a spoilt one too; both unprotected and without detail")
  func replayAndSpoil() async throws {
    _ = try await desk.begin(device)
    let request = try device.protect(try device.inner.registration())
    #expect(await desk.answer(request.from("d1"), from: "g").value(of: .oscore) != nil)
    let replay = await desk.answer(request.from("d1"), from: "g")
    #expect(replay == .response(.unauthorized))
    for index in request.payload.indices {
      var spoilt = try device.protect(try device.inner.registration())
      spoilt.payload[index % spoilt.payload.count] ^= 1
      #expect(await desk.answer(spoilt.from("d1"), from: "g") == .response(.badRequest))
    }
  }

  @Test("Every byte of message 1 and of message 3 may be spoilt: no session, and the next try succeeds")
  func spoiltHandshake() async throws {
    let good = try device.message1()
    for index in good.payload.indices {
      var spoilt = good
      spoilt.payload[index] ^= 0x01
      let answer = await desk.answer(spoilt.from("d1"), from: "g")
      // Most of message 1 is not checked before the MACs: then message 2 comes and nobody can go on with it.
      #expect(answer.code == .badRequest || answer.code == .changed || answer.code == .unauthorized, "byte \(index)")
    }
    let message2 = await desk.answer(try device.message1().from("d1"), from: "g")
    let length = try device.message3(message2, by: .value).count
    for index in 0..<length {
      let message2 = await desk.answer(try device.message1().from("d1"), from: "g")
      var message3 = try device.message3(message2, by: .value)
      message3[index] ^= 0x01
      let request = CoAPMessage.request(
        .post, ".well-known/edhoc", contentFormat: .cidEdhoc, payload: device.responderPrefix + message3)
      let answer = await desk.answer(request.from("d1"), from: "g")
      #expect(answer.code == .badRequest, "byte \(index)")
    }
    #expect(await desk.sessions.sessionCount == 0)
    #expect(try await desk.begin(device).code == .changed)
  }

  @Test("A handshake that began on one line is not finished from another, nor over another gateway")
  func otherLine() async throws {
    for (line, gateway) in [("d2", "g"), ("d1", "h")] {
      let message2 = await desk.answer(try device.message1().from("d1"), from: "g")
      let message3 = try device.message3(message2, by: .value)
      let request = try device.protect(try device.inner.registration(), message3: message3)
      #expect(await desk.answer(request.from(line), from: gateway).code == .unauthorized)
    }
    #expect(try await store.device(device.inner.id) == nil)
  }

  @Test("Another suite, another method and garbage get EDHOC's error messages; other formats and methods CoAP's")
  func refusals() async throws {
    func post(_ payload: [UInt8], _ format: ContentFormat? = .cidEdhoc) async -> CoAPMessage {
      await desk.answer(
        CoAPMessage.request(.post, ".well-known/edhoc", contentFormat: format, payload: payload).from("d1"), from: "g")
    }
    let good = try device.message1().payload
    // true, method, suite, G_X, C_I
    var suite = good
    suite[2] = 0
    #expect(try edhocError(await post(suite)) == .wrongSuite(speaksOurs: true))
    var method = good
    method[1] = 0
    #expect(try edhocError(await post(method)) == .unspecified)
    for count in 0..<good.count { #expect(await post(Array(good.prefix(count))).code == .badRequest, "\(count)") }
    #expect(await post(good, nil).code == .changed)
    #expect(await post(good, .cbor).code == .unsupportedContentFormat)
    let get = CoAPMessage.request(.get, ".well-known/edhoc").from("d1")
    #expect(await desk.answer(get, from: "g").code == .methodNotAllowed)
  }

  @Test("What is asked without protection is 4.01, whoever asks, and nothing of it is believed")
  func unprotected() async throws {
    let stranger = try ScriptedDevice("D2")
    #expect(await desk.answer(try stranger.registration().from("d2"), from: "g") == .response(.unauthorized))
    #expect(try await store.device(stranger.id) == nil)
    _ = try await desk.begin(device)
    let answer = await desk.answer(try device.inner.registration().from("d9"), from: "g")
    #expect(answer == .response(.unauthorized))
    #expect(try await store.device(device.inner.id)?.route?.line == "d1")
  }
}

/// EDHOC's error message in an answer.
private func edhocError(_ answer: CoAPMessage) throws -> EDHOCErrorMessage {
  let payload = answer.payload
  return try EDHOCErrorMessage(payload.span)
}

extension SessionKeeper {
  var sessionCount: Int { sessions.count }
  var handshakeCount: Int { handshakes.count }

  /// Whether the one handshake under way is ended by a request.
  func endsHandshake(_ request: CoAPMessage, over route: Route) async -> Bool {
    guard let pending = handshakes.underWay.first, handshakes.count == 1, !pending.isEnded else { return false }
    if request.value(of: .oscore) != nil {
      _ = try? await open(request, over: route)
    } else {
      _ = await edhoc(request, over: route)
    }
    return pending.isEnded
  }
}
