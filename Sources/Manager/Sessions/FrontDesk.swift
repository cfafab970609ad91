import CoAP
import CoAPStream

/// Where a gateway's messages arrive: it finds out which line they are from and opens what is protected.
struct FrontDesk: Sendable {
  let sessions: SessionKeeper
  let desk: DeviceDesk
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
    let answer = await desk.answer(opened.request, over: route, key: opened.key)
    await sessions.reconsider(opened)
    let sealed = await sessions.seal(answer, for: opened)
    if answer.code.isSuccess, await sessions.isTrustOpen(opened) { onCall(opened.key.thumbprint) }
    return sealed
  }
}
