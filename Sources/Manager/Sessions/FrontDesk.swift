import CoAP
import CoAPStream

/// Where a gateway's messages arrive: it finds out which line they are from and opens what is protected.
struct FrontDesk: Sendable {
  let sessions: SessionKeeper
  let desk: DeviceDesk
  /// What is longer than a message.
  var bodies = BodyKeeper(clock: SystemClock())
  /// Told of each device that has called with success, as long as it is open which trust descriptor it has.
  var onCall: @Sendable (Thumbprint) -> Void = { _ in }

  /// Answers one request. It never throws: a device gets a code for everything.
  ///
  /// - Parameter gateway: the one of the connection's certificate.
  func answer(_ request: CoAPMessage, from gateway: String) async -> CoAPMessage {
    guard let line = request.string(.musterLine), NameRule.allowsLabel(line) else {
      return .problem(.badRequest, "The gateway did not say which line this is.")
    }
    let route = Route(gateway: gateway, line: line)
    if request.value(of: .oscore) != nil { return await answer(protected: request, over: route) }
    if request.uriPath == [".well-known", "edhoc"] { return await sessions.edhoc(request, over: route) }
    // Nothing else is said in clear, and nothing that is said so is heard.
    return .response(.unauthorized)
  }

  private func answer(protected request: CoAPMessage, over route: Route) async -> CoAPMessage {
    let opened: SessionKeeper.Opened
    do {
      opened = try await sessions.open(request, over: route)
    } catch {
      return error.answer
    }
    let answer = await answer(opened, over: route)
    await sessions.reconsider(opened)
    let sealed = await sessions.seal(answer, for: opened)
    if answer.code.isSuccess, await sessions.isTrustOpen(opened) { onCall(opened.key.thumbprint) }
    return sealed
  }

  private func answer(_ opened: SessionKeeper.Opened, over route: Route) async -> CoAPMessage {
    // Nothing is put together for somebody whom nobody knows.
    if opened.request.block1?.more == true, await !sessions.isKnown(opened.key) {
      return .response(.requestEntityTooLarge)
    }
    let source = BodyKeeper.Source(device: opened.key.thumbprint, session: opened.session, gateway: route.gateway)
    return await bodies.answer(opened.request, from: source) {
      await desk.answer($0, over: route, key: opened.key)
    }
  }
}
