import CoAP
import CoAPStream
import Foundation
import OSCORE
import PKI

/// Keeps the sessions with devices: EDHOC as responder (RFC 9528), OSCORE in both directions (RFC 8613).
///
/// All of it happens on this actor, off every event loop, one message at a time: a handshake costs a quarter of a
/// millisecond, and what can wait in front of it is bounded by the requests that each gateway's connection may have under
/// way. Nothing is stored: after a restart every device begins anew.
actor SessionKeeper {
  let store: any Store
  let keys: ManagerKeys
  let clock: any ManagerClock
  let echo = RouteEcho()
  var handshakes: HandshakeTable
  var sessions: SessionTable
  /// How many sessions are open.
  var sessionCount: Int { sessions.count }
  /// How often sessions were closed because their device was turned away: whoever asked for a device's standing before that asks
  /// again.
  private(set) var closings = 0

  /// - Parameters:
  ///   - limits: of the handshakes under way.
  ///   - strangersPerGateway: how many sessions of devices that nobody knows yet one gateway may have.
  init(
    store: any Store, keys: ManagerKeys, clock: any ManagerClock, limits: HandshakeTable.Limits = .init(),
    strangersPerGateway: Int = 64
  ) {
    self.store = store
    self.keys = keys
    self.clock = clock
    handshakes = HandshakeTable(limits: limits)
    sessions = SessionTable(strangersPerGateway: strangersPerGateway)
  }

  /// A protected request as it was meant, and what its answer needs.
  struct Opened: Sendable {
    let request: CoAPMessage
    /// What its sender proved to hold.
    let key: DeviceKey
    let session: ConnectionIdentifier
    let binding: RequestBinding
  }

  /// The unprotected answer to a message that could not be opened: it says which step failed, and nothing else.
  struct Refusal: Error, Sendable {
    let answer: CoAPMessage

    init(_ answer: CoAPMessage) { self.answer = answer }
    init(_ error: any Error) { answer = .response((error as? OSCOREError)?.answer ?? .badRequest) }
  }

  /// Opens a protected request, with message 3 in front of it if it is a combined one (RFC 9668).
  ///
  /// - Throws: ``Refusal``.
  func open(_ request: CoAPMessage, over route: Route) async throws(Refusal) -> Opened {
    let identifier: ConnectionIdentifier
    do {
      identifier = try Self.keyIdentifier(of: request)
    } catch {
      throw Refusal(error)
    }
    let isCombined = request.value(of: .edhoc) != nil
    if isCombined { try await takeMessage3(of: request, identifier, over: route) }
    guard let session = sessions[identifier] else { throw Refusal(OSCOREError.unknownContext) }
    do {
      let (plain, binding) = try session.unprotect(request, isCombined: isCombined)
      return Opened(request: plain, key: session.key, session: identifier, binding: binding)
    } catch {
      if let error = error as? OSCOREError, error == .exhausted { sessions.remove(identifier) }
      throw Refusal(error)
    }
  }

  /// Protects the answer.
  func seal(_ response: CoAPMessage, for opened: Opened) -> CoAPMessage {
    guard let session = sessions[opened.session],
      let sealed = try? session.protect(response, answering: opened.binding)
    else { return .response(.internalServerError) }
    return sealed
  }

  /// An administrator may have come to know the device: then its session does not make room for strangers' any more.
  func reconsider(_ opened: Opened) async {
    guard let session = sessions[opened.session], !session.isKnown, await isKnown(opened.key) else { return }
    sessions.promote(opened.session)
  }

  /// Whether it is open which trust descriptor the device of a session has.
  func isTrustOpen(_ opened: Opened) -> Bool { sessions[opened.session].map { !$0.isTrustSettled } ?? false }

  /// The device with this key needs no other trust descriptor, for as long as its session lasts.
  func settleTrust(of thumbprint: Thumbprint) { sessions.session(with: thumbprint)?.isTrustSettled = true }

  /// Whether an administrator knows the device with this key.
  func isKnown(_ key: DeviceKey) async -> Bool {
    guard let device = try? await store.device(with: key.thumbprint) else { return false }
    return device.state != .pending
  }

  /// Ends the session of a device that is turned away. It is called when that is durable, so that whoever opens a session
  /// from now on is refused.
  ///
  /// - Returns: whether there was a session.
  @discardableResult
  func close(_ thumbprint: Thumbprint) -> Bool {
    closings += 1
    guard let session = sessions.session(with: thumbprint) else { return false }
    sessions.remove(session.context.recipientID)
    return true
  }

  /// Whether an administrator knows the device with this key, as of a moment after which no session was closed.
  ///
  /// - Throws: ``Refusal`` when the device is turned away, or the store does not answer.
  func admit(_ key: DeviceKey) async throws(Refusal) -> Bool {
    while true {
      let seen = closings
      let state: DeviceState?
      do { state = try await store.device(with: key.thumbprint)?.state } catch { throw Refusal(.busy(seconds: 5)) }
      guard seen == closings else { continue }
      guard let state else { return false }
      guard !state.isBlocked else { throw Refusal(.problem(.forbidden, "The device is \(state.rawValue).")) }
      return state != .pending
    }
  }

  private static func keyIdentifier(of request: CoAPMessage) throws -> ConnectionIdentifier {
    let options = request.values(of: .oscore)
    guard options.count == 1 else { throw OSCOREError.repeatedOption }
    let option = options[0]
    guard let kid = try OSCOREOption.parse(option.span).kid else { throw OSCOREError.noKeyIdentifier }
    return kid
  }

  private func takeMessage3(
    of request: CoAPMessage, _ identifier: ConnectionIdentifier, over route: Route
  ) async throws(Refusal) {
    let message3: [UInt8]
    do {
      let payload = request.payload
      let combined = try CombinedPayload(payload.span)
      message3 = Array(payload.prefix(combined.message3.count))
    } catch {
      throw Refusal(.response(.badRequest))
    }
    try await finish(identifier, message3, over: route).end()
  }
}
