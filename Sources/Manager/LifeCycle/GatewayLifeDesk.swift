import PKI

/// Shuts gateways out.
///
/// First it is durable, then the connection ends: who is let in meanwhile is looked up a second time after the connection can be
/// found here, see ``GatewayListener``.
struct GatewayLifeDesk: Sendable {
  let ledger: Ledger
  let connections: GatewayConnections
  /// Told when there is something that the CA does not know yet.
  var onRevocation: @Sendable () -> Void = {}

  struct Step: Equatable {
    /// False when the gateway was revoked before.
    var isNew: Bool
    var hadConnection: Bool
  }

  /// - Throws: ``ManagerError`` with code `notFound`.
  func revoke(_ name: String, _ reason: RevocationReason, by actor: Actor) async throws -> Step {
    do {
      try await ledger.commit(.revokeGateway(name, reason), by: actor)
    } catch let error as ManagerError where error.code == .conflict {
      return Step(isNew: false, hadConnection: await takeEffect(on: name))
    }
    onRevocation()
    return Step(isNew: true, hadConnection: await takeEffect(on: name))
  }

  /// - Returns: whether a connection was ended.
  func takeEffect(on name: String) async -> Bool {
    await connections.close(name, because: "the gateway was revoked")
  }
}
