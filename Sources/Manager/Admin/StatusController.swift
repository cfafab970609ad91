import Hummingbird
import X509

/// `/api/v1/status` and `/api/v1/audit`.
struct StatusController: Sendable {
  let store: any Store
  let network: String
  let identity: RegistrationAuthorityIdentity
  let connections: GatewayConnections

  func addRoutes(to group: RouterGroup<AdminContext>) {
    group.get("status", use: status)
    group.get("audit", use: audit)
    for path: RouterPath in ["status", "audit"] { group.refuseOthers(than: [.get], at: path) }
  }

  @Sendable private func status(_ request: Request, _ context: AdminContext) async throws -> Response {
    let counts = try await store.deviceCounts()
    let devices = Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, $0.value) })
    return try AdminAnswer.json(
      StatusView(
        network: network, devices: devices, gatewaysConnected: connections.count,
        registrationAuthorityUntil: identity.current?.certificate.notValidAfter,
        registrationAuthorityRefusal: identity.refusal,
        lists: try await store.authorityLists().map(ListView.init)))
  }

  @Sendable private func audit(_ request: Request, _ context: AdminContext) async throws -> Response {
    let (after, limit) = try request.numberedPage()
    let page = try await store.audit(after: after, limit: limit)
    return try AdminAnswer.json(PageView(items: page.items, next: page.next))
  }
}
