import Hummingbird
import PKI
import SwiftASN1
import X509

/// `/api/v1/gateways`.
struct GatewayController: Sendable {
  let ledger: Ledger
  let desk: OrderDesk
  let connections: GatewayConnections
  let network: String
  let anchors: [Certificate]
  let life: GatewayLifeDesk
  let renewals: GatewayRenewals

  func addRoutes(to group: RouterGroup<AdminContext>) {
    group.get(use: list)
    group.post(use: enrol)
    group.refuseOthers(than: [.get, .post])
    group.post(":name/revoke", use: revoke)
    group.post(":name/renew", use: renew)
    group.refuseOthers(than: [.post], at: ":name/revoke")
    group.refuseOthers(than: [.post], at: ":name/renew")
  }

  @Sendable private func list(_ request: Request, _ context: AdminContext) async throws -> Response {
    let gateways = try await ledger.store.gateways()
    let terms = try await ledger.store.terms(of: gateways.compactMap(\.certificateID))
    let views = gateways.map { view(of: $0, $0.certificateID.flatMap { terms[$0] }) }
    return try AdminAnswer.json(PageView(items: views, next: nil))
  }

  private func view(of gateway: GatewayRecord, _ certificate: CertificateTerm?) -> GatewayView {
    GatewayView(
      name: gateway.name, state: gateway.state, connected: connections.isConnected(gateway.name),
      serial: certificate?.serial, notAfter: certificate?.notAfter, createdAt: gateway.createdAt)
  }

  /// Has a connected gateway renew its certificate now. When this answers, the gateway has stored it.
  @Sendable private func renew(_ request: Request, _ context: AdminContext) async throws -> Response {
    let name = context.parameters.get("name") ?? ""
    guard let gateway = try await ledger.store.gateway(name) else {
      throw ManagerError(.notFound, "There is no gateway '\(name)'.", remedy: "'muster gateway list' shows all.")
    }
    guard gateway.state == .active else {
      throw ManagerError(.conflict, "Gateway '\(name)' is revoked.", remedy: "Enrol it anew, with a new key.")
    }
    try await renewals.demand(of: name)
    let id = try await ledger.store.gateway(name).flatMap { $0.nextCertificateID ?? $0.certificateID }
    let terms = try await ledger.store.terms(of: [id].compactMap { $0 })
    return try AdminAnswer.json(view(of: gateway, id.flatMap { terms[$0] }))
  }

  /// Shuts a gateway out for good. Asked again, it says that it was.
  @Sendable private func revoke(_ request: Request, _ context: AdminContext) async throws -> Response {
    let name = context.parameters.get("name") ?? ""
    let reason = try await request.json(RevocationOrder.self, context).parsed()
    let step = try await life.revoke(name, reason, by: try await context.administrator())
    guard let gateway = try await ledger.store.gateway(name) else {
      throw ManagerError(.notFound, "There is no gateway '\(name)'.")
    }
    let terms = try await ledger.store.terms(of: [gateway.certificateID].compactMap { $0 })
    let devices = try await ledger.store.devices(seenAt: name).map(\.text)
    return try AdminAnswer.json(
      GatewayStepView(
        changed: step.isNew, connectionClosed: step.hadConnection,
        gateway: view(of: gateway, gateway.certificateID.flatMap { terms[$0] }), devices: devices,
        revocations: try await ledger.store.revocations(of: .gateway(name)).map(RevocationView.init)))
  }

  /// Orders the gateway's certificate and waits for it. Asked again with the same key it is the same order.
  @Sendable private func enrol(_ request: Request, _ context: AdminContext) async throws -> Response {
    let enrolment = try await request.json(GatewayEnrolment.self, context)
    let certificationRequest = try check(enrolment)
    if enrolment.replace != true { try await refuseTakeover(of: enrolment.name, by: certificationRequest) }
    let record = try await desk.obtain(
      certificationRequest, for: .gateway(enrolment.name), profile: "gateway", by: try await context.administrator())
    // Perhaps it is enrolled anew because its old key was stolen.
    await connections.close(enrolment.name, unlessWith: record.id)
    return try AdminAnswer.json(
      GatewayCredentials(
        certificate: try Certificate(derEncoded: record.der).pem,
        chain: try record.chain.map { try Certificate(derEncoded: $0).pem }.joined(),
        anchor: try anchors.map { try $0.pem }.joined()),
      status: .created)
  }

  /// A name is one gateway's: another key under it cuts off the gateway that has it, so it must be meant.
  private func refuseTakeover(of name: String, by request: CertificationRequest) async throws {
    guard let known = try await ledger.store.gateway(name),
      let order = try await ledger.store.order(known.orderID), order.key != KeyDigest(sha256: request.keyDigest)
    else { return }
    throw ManagerError(
      .alreadyExists, "There is a gateway '\(name)' already, with another key.",
      remedy: "To put this one in its place and shut the other out, use --replace.")
  }

  private func check(_ enrolment: GatewayEnrolment) throws -> CertificationRequest {
    guard NameRule.allowsLabel(enrolment.name) else {
      throw ManagerError(
        .invalid, "'\(enrolment.name.prefix(64))' cannot be a gateway's name.",
        remedy: "Use 1 to 63 lower-case letters, digits or hyphens, with no hyphen at either end.")
    }
    guard let document = try? PEMDocument(pemString: enrolment.request) else {
      throw ManagerError(.invalid, "The gateway's request is no PEM.")
    }
    let request: CertificationRequest
    do {
      request = try CertificationRequest(document.derBytes)
    } catch {
      throw ManagerError(.invalid, "\(error.rawValue): \(error.sentence)")
    }
    guard request.subject.commonName == enrolment.name, request.subject.organization ?? network == network else {
      throw ManagerError(
        .invalid, "The request's subject must have CN=\(enrolment.name), and O=\(network) if it has an O.")
    }
    // A gateway is a TLS client by its common name; a DNS name could be a device's.
    guard request.dnsNames.isEmpty, request.ipAddresses.isEmpty else {
      throw ManagerError(.invalid, "A gateway's request may not ask for alternative names.")
    }
    return request
  }
}
