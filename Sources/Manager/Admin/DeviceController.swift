import Hummingbird

/// `/api/v1/devices`.
struct DeviceController: Sendable {
  let ledger: Ledger
  let engine: EnrolmentEngine

  func addRoutes(to group: RouterGroup<AdminContext>) {
    group.get(use: list)
    group.post(use: add)
    group.get(":id", use: show)
    group.post(":id/approve", use: approve)
    group.post(":id/enrol", use: enrol)
    group.refuseOthers(than: [.get, .post])
    group.refuseOthers(than: [.get], at: ":id")
    for action: RouterPath in [":id/approve", ":id/enrol"] { group.refuseOthers(than: [.post], at: action) }
  }

  @Sendable private func list(_ request: Request, _ context: AdminContext) async throws -> Response {
    let (after, limit) = try request.page()
    let state: DeviceState? = try request.choice("state")
    let page = try await ledger.store.devices(in: state, after: after, limit: limit)
    var views: [DeviceView] = []
    for device in page.items { views.append(try await view(of: device)) }
    return try AdminAnswer.json(PageView(items: views, next: page.next))
  }

  @Sendable private func show(_ request: Request, _ context: AdminContext) async throws -> Response {
    try await answer(try context.deviceID())
  }

  @Sendable private func add(_ request: Request, _ context: AdminContext) async throws -> Response {
    let addition = try await request.json(DeviceAddition.self, context)
    let id = try DeviceID(addition.id)
    if let model = addition.model, !NameRule.allowsText(model) {
      throw ManagerError(.invalid, "A model has 1 to 64 printable ASCII characters.")
    }
    try await ledger.commit(.addDevice(id, model: addition.model), by: try await context.administrator())
    return try await answer(id, status: .created)
  }

  /// Approving again what is approved already changes nothing and is no error.
  @Sendable private func approve(_ request: Request, _ context: AdminContext) async throws -> Response {
    let id = try context.deviceID()
    let state = try await existing(id).state
    switch state {
    case .pending, .registered:
      try await ledger.commit(
        .moveDevice(id, from: state, to: .approved), by: try await context.administrator())
      await engine.wake(id, .demand)
    case .approved, .csrRequested, .ordered, .delivered, .active, .renewalDue: break
    case .suspended, .revoked, .decommissioned:
      throw ManagerError(.conflict, "Device \(id) is \(state.rawValue) and cannot be approved.")
    }
    return try await answer(id)
  }

  @Sendable private func enrol(_ request: Request, _ context: AdminContext) async throws -> Response {
    let id = try context.deviceID()
    try await ledger.commit(.retryDevice(id), by: try await context.administrator())
    await engine.wake(id, .demand)
    return try await answer(id, status: .accepted)
  }

  private func answer(_ id: DeviceID, status: HTTPResponse.Status = .ok) async throws -> Response {
    try AdminAnswer.json(try await view(of: try await existing(id)), status: status)
  }

  private func existing(_ id: DeviceID) async throws -> Device {
    guard let device = try await ledger.store.device(id) else {
      throw ManagerError(.notFound, "There is no device \(id).", remedy: "'muster device list' shows all.")
    }
    return device
  }

  private func view(of device: Device) async throws -> DeviceView {
    guard let id = device.certificateID else { return DeviceView(device, certificate: nil) }
    return DeviceView(device, certificate: try await ledger.store.certificate(id))
  }
}
