import CoAP
import CoAPStream

@testable import Manager

/// The manager's front desk, or its parts put together with a defence left out.
struct WeakenedDesk: Sendable {
  let sound: FrontDesk
  let weaknesses: Set<Weakness>
  let notes: Notes
  /// What it says it is, if that is not what it is.
  let guise: Guise?

  private static let concerned: Set<Weakness> = [.unprotected, .ignoresTags, .forgetsNumbers, .takesAnyDevice]

  func answer(_ request: CoAPMessage, from gateway: String) async -> CoAPMessage {
    guard guise != nil || !weaknesses.isDisjoint(with: Self.concerned), let line = request.string(.musterLine) else {
      return await sound.answer(request, from: gateway)
    }
    let route = Route(gateway: gateway, line: line)
    if let guise, request.uriPath == [".well-known", "edhoc"] {
      return await sound.sessions.begin(request, over: route, in: guise)
    }
    if request.value(of: .oscore) != nil { return await answer(protected: request, over: route) }
    if weaknesses.contains(.unprotected) { return await answerInClear(request, over: route) }
    return await sound.answer(request, from: gateway)
  }

  private func answer(protected request: CoAPMessage, over route: Route) async -> CoAPMessage {
    let opened: SessionKeeper.Opened
    do {
      opened = try await sound.sessions.openWeakly(request, over: route, weaknesses)
    } catch {
      return SessionKeeper.Refusal(error).answer
    }
    var key = opened.key
    if weaknesses.contains(.takesAnyDevice), let name = Self.name(in: opened.request) {
      notes.claim(name, by: key)
      key = notes.key(of: name) ?? key
    }
    return await sound.sessions.seal(await sound.desk.answer(opened.request, over: route, key: key), for: opened)
  }

  /// Believes the name in a message.
  private func answerInClear(_ request: CoAPMessage, over route: Route) async -> CoAPMessage {
    guard let key = Self.name(in: request).flatMap(notes.key) else { return .response(.unauthorized) }
    return await sound.desk.answer(request, over: route, key: key)
  }

  private static func name(in request: CoAPMessage) -> String? {
    (try? Registration(request.payload))?.id.text ?? (try? DeviceReport(request.payload))?.id.text
  }
}

/// The way to devices through their sessions, or a weakened one.
struct WeakenedTransport: DeviceTransport {
  let sound: SessionTransport
  let weaknesses: Set<Weakness>
  let notes: Notes

  func request(
    _ message: CoAPMessage, to device: Device, timeout: Duration
  ) async throws(ManagerError) -> CoAPMessage {
    var device = device
    if weaknesses.contains(.takesAnyDevice), let claimant = notes.claimant(of: device.id.text) {
      device.thumbprint = claimant.thumbprint
    }
    guard weaknesses.contains(.unprotected) || weaknesses.contains(.ignoresTags) else {
      return try await sound.request(message, to: device, timeout: timeout)
    }
    let answer = try await exchange(message, with: device, timeout: timeout)
    guard answer.code == .unauthorized, let echo = answer.value(of: .echo) else { return answer }
    var again = message
    again.set(.echo, echo)
    return try await exchange(again, with: device, timeout: timeout)
  }

  private func exchange(
    _ message: CoAPMessage, with device: Device, timeout: Duration
  ) async throws(ManagerError) -> CoAPMessage {
    guard let route = device.route, let thumbprint = device.thumbprint else {
      throw ManagerError(.unreachable, "It has not called yet.")
    }
    guard weaknesses.contains(.ignoresTags) else {
      return try await sound.lines.request(message, over: route, timeout: timeout)
    }
    let outgoing = try await sound.sessions.protect(message, to: thumbprint)
    let answer = try await sound.lines.request(outgoing.message, over: route, timeout: timeout)
    guard let plain = try? await sound.sessions.openWeakly(answer, to: outgoing, weaknesses) else {
      throw ManagerError(.unreachable, "The answer that came is not the device's.")
    }
    return plain
  }
}
