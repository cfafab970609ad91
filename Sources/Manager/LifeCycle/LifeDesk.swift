import PKI

/// Puts devices aside, lets them go on, and withdraws them.
///
/// First it is durable, then it takes effect: the session is closed and the CA is told. A crash in between forgets the session
/// anyway, and the CA is told by a job that was written with the state.
struct LifeDesk: Sendable {
  let ledger: Ledger
  let sessions: SessionKeeper
  let engine: EnrolmentEngine
  /// Told when there is something that the CA does not know yet.
  var onRevocation: @Sendable () -> Void = {}

  struct Step: Equatable {
    /// False when the device stood there already.
    var isNew: Bool
    var hadSession: Bool
  }

  /// Makes one step of ``DeviceLife``. Made again it is no error.
  ///
  /// - Throws: ``ManagerError``: `notFound`, `conflict` when the table refuses it.
  func perform(
    _ event: DeviceEvent, on id: DeviceID, reason: RevocationReason? = nil, by actor: Actor
  ) async throws -> Step {
    do {
      try await ledger.commit(.stepDevice(id, event, reason: reason), by: actor)
    } catch let error as ManagerError where error.code == .conflict {
      guard let device = try await ledger.store.device(id),
        DeviceLife.outcome(of: event, in: device.state) == .already
      else { throw error }
      return Step(isNew: false, hadSession: false)
    }
    return Step(isNew: true, hadSession: try await takeEffect(on: id))
  }

  /// What follows from the state that a device has now.
  ///
  /// - Returns: whether a session was closed.
  func takeEffect(on id: DeviceID) async throws -> Bool {
    guard let device = try await ledger.store.device(id) else { return false }
    guard device.state.isBlocked else {
      await engine.wake(id, .demand)
      return false
    }
    onRevocation()
    guard let thumbprint = device.thumbprint else { return false }
    return await sessions.close(thumbprint)
  }
}
