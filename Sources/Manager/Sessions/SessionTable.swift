import OSCORE

/// The sessions: one a device, found by C_R when the device calls and by its key when it is called.
///
/// Sessions of devices that an administrator knows are as many as there are such devices. Those of strangers, who only
/// proved that they hold some key, have a limit for each gateway, and the oldest goes.
struct SessionTable {
  let strangersPerGateway: Int
  private var sessions: [ConnectionIdentifier: Session] = [:]
  private var identifiers: [Thumbprint: ConnectionIdentifier] = [:]
  private var strangers: [String: [ConnectionIdentifier]] = [:]

  init(strangersPerGateway: Int) { self.strangersPerGateway = strangersPerGateway }

  var count: Int { sessions.count }

  subscript(identifier: ConnectionIdentifier) -> Session? { sessions[identifier] }

  func session(with thumbprint: Thumbprint) -> Session? { identifiers[thumbprint].flatMap { sessions[$0] } }

  /// Puts a session in the place of the one that the device had.
  mutating func insert(_ session: Session, as identifier: ConnectionIdentifier) {
    if let old = identifiers[session.key.thumbprint] { remove(old) }
    sessions[identifier] = session
    identifiers[session.key.thumbprint] = identifier
    guard !session.isKnown else { return }
    let gateway = session.route.gateway
    if strangers[gateway]?.count ?? 0 >= strangersPerGateway, let oldest = strangers[gateway]?.first { remove(oldest) }
    strangers[gateway, default: []].append(identifier)
  }

  /// A stranger has become a device that an administrator knows.
  mutating func promote(_ identifier: ConnectionIdentifier) {
    guard let session = sessions[identifier], !session.isKnown else { return }
    session.isKnown = true
    forget(identifier, ofStrangersBehind: session.route.gateway)
  }

  mutating func remove(_ identifier: ConnectionIdentifier) {
    guard let session = sessions.removeValue(forKey: identifier) else { return }
    session.context.erase()
    if identifiers[session.key.thumbprint] == identifier { identifiers[session.key.thumbprint] = nil }
    if !session.isKnown { forget(identifier, ofStrangersBehind: session.route.gateway) }
  }

  private mutating func forget(_ identifier: ConnectionIdentifier, ofStrangersBehind gateway: String) {
    strangers[gateway]?.removeAll { $0 == identifier }
    if strangers[gateway]?.isEmpty == true { strangers[gateway] = nil }
  }
}
