import Foundation
import Hummingbird
import PKI

/// `/api/v1/devices`.
struct DeviceController: Sendable {
  let ledger: Ledger
  let engine: EnrolmentEngine
  let caller: DeviceCaller
  let trust: TrustKeeper
  let life: LifeDesk
  let profiles: EnrolmentProfiles

  /// A factory list of about forty thousand lines.
  private static let longestListBytes = 4 * 1024 * 1024

  func addRoutes(to group: RouterGroup<AdminContext>) {
    group.get(use: list)
    group.post(use: add)
    group.get(":id", use: show)
    group.post(":id/approve", use: approve)
    group.post(":id/enrol", use: enrol)
    group.post(":id/invite", use: invite)
    group.post(":id/acknowledge", use: acknowledge)
    group.post(":id/reset", use: reset)
    group.post(":id/suspend") { try await step(.suspend, $0, $1) }
    group.post(":id/resume") { try await step(.resume, $0, $1) }
    group.post(":id/revoke", use: revoke)
    group.post(":id/decommission") { try await step(.decommission, $0, $1) }
    group.post("import", use: importList)
    group.refuseOthers(than: [.get, .post])
    group.refuseOthers(than: [.get], at: ":id")
    for action: RouterPath in [
      ":id/approve", ":id/enrol", ":id/invite", ":id/acknowledge", ":id/reset", ":id/suspend", ":id/resume",
      ":id/revoke",
      ":id/decommission", "import",
    ] {
      group.refuseOthers(than: [.post], at: action)
    }
  }

  @Sendable private func list(_ request: Request, _ context: AdminContext) async throws -> Response {
    let (after, limit) = try request.page()
    let state: DeviceState? = try request.choice("state")
    let page =
      if let silence = try request.seconds("silent") {
        try await ledger.store.devices(
          silentSince: ledger.clock.now.addingTimeInterval(-silence), after: after, limit: limit)
      } else {
        try await ledger.store.devices(in: state, after: after, limit: limit)
      }
    let terms = try await ledger.store.terms(of: page.items.compactMap(\.certificateID))
    let views = page.items.map { device in DeviceView(device, certificate: device.certificateID.flatMap { terms[$0] }) }
    return try AdminAnswer.json(PageView(items: views, next: page.next))
  }

  @Sendable private func show(_ request: Request, _ context: AdminContext) async throws -> Response {
    let device = try await existing(try context.deviceID())
    var view = try await view(of: device)
    view.revocations = try await ledger.store.revocations(of: .device(device.id)).map(RevocationView.init)
    view.places = try await ledger.store.routes(of: device.id).map {
      PlaceView(gateway: $0.route.gateway, line: $0.route.line, since: $0.since)
    }
    return try AdminAnswer.json(view)
  }

  /// A factory list, as CSV.
  @Sendable private func importList(_ request: Request, _ context: AdminContext) async throws -> Response {
    let text = try await request.text(upTo: Self.longestListBytes)
    let administrator = try await context.administrator()
    let way = DeviceImport(
      ledger: ledger, isDryRun: try request.flag("dry-run"), skipsBad: try request.flag("skip-bad"))
    return try AdminAnswer.json(try await way.run(DeviceList(text), by: administrator))
  }

  @Sendable private func acknowledge(_ request: Request, _ context: AdminContext) async throws -> Response {
    let id = try context.deviceID()
    try await ledger.commit(.acknowledgeDevice(id), by: try await context.administrator())
    return try await answer(id)
  }

  @Sendable private func add(_ request: Request, _ context: AdminContext) async throws -> Response {
    let addition = try await request.json(DeviceAddition.self, context)
    let id = try DeviceID(addition.id)
    let listing = try DeviceListing(
      id: id, thumbprint: try addition.thumbprint.map { try Thumbprint($0) }, model: addition.model)
    try await ledger.commit(
      .addDevice(id, model: listing.model, thumbprint: listing.thumbprint), by: try await context.administrator())
    return try await answer(id, status: .created)
  }

  /// Approving again what is approved already changes nothing and is no error.
  @Sendable private func approve(_ request: Request, _ context: AdminContext) async throws -> Response {
    let id = try context.deviceID()
    let device = try await existing(id)
    switch device.state {
    case .pending, .registered:
      guard let thumbprint = device.thumbprint else {
        throw ManagerError(
          .conflict, "Nobody has said yet which key device \(id) has, so there is nothing to approve.",
          remedy: "Give its thumbprint with 'muster device add \(id) --thumbprint HEX', or let it call first.")
      }
      try await ledger.commit(
        .stepDevice(id, .approve), by: try await context.administrator())
      // Over EST it comes by itself.
      if device.estProfile == nil {
        await engine.wake(id, .demand)
        trust.deviceCalled(thumbprint)
      }
    case .approved, .csrRequested, .ordered, .delivered, .active, .renewalDue: break
    case .suspended, .revoked, .decommissioned:
      try await ledger.commit(.stepDevice(id, .approve), by: try await context.administrator())  // Refused, and why.
    }
    return try await answer(id)
  }

  @Sendable private func enrol(_ request: Request, _ context: AdminContext) async throws -> Response {
    let id = try context.deviceID()
    try await ledger.commit(.retryDevice(id), by: try await context.administrator())
    await engine.wake(id, .demand)
    return try await answer(id, status: .accepted)
  }

  /// The code is in this answer and nowhere else.
  @Sendable private func invite(_ request: Request, _ context: AdminContext) async throws -> Response {
    let id = try context.deviceID()
    let order = try await request.json(InvitationOrder.self, context)
    guard let profile = profiles.named[order.profile ?? EnrolmentProfile.builtIn.name] else {
      throw ManagerError(
        .notFound, "There is no enrolment profile '\(order.profile ?? "")'.",
        remedy: "There are \(profiles.named.keys.sorted().joined(separator: ", ")).")
    }
    guard profile.ways.contains(.code) else {
      throw ManagerError(.conflict, "The profile '\(profile.name)' lets nobody enrol by a one-time code.")
    }
    let seconds = order.seconds ?? 86_400
    guard (60...31_536_000).contains(seconds) else {
      throw ManagerError(.invalid, "A code is valid for a minute to a year.")
    }
    let code = OneTimeCode.random()
    let expires = ledger.clock.now.addingTimeInterval(TimeInterval(seconds))
    try await ledger.commit(
      .inviteDevice(Invitation(code: code.digest, device: id, profile: profile.name, expires: expires)),
      by: try await context.administrator())
    return try AdminAnswer.json(
      InvitationView(device: id.text, profile: profile.name, code: code.text, expires: expires), status: .created)
  }

  @Sendable private func revoke(_ request: Request, _ context: AdminContext) async throws -> Response {
    let reason = try await request.json(RevocationOrder.self, context).parsed()
    return try await step(.revoke, reason: reason, request, context)
  }

  /// Asked again, a step that was made is a success that says so.
  private func step(
    _ event: DeviceEvent, reason: RevocationReason? = nil, _ request: Request, _ context: AdminContext
  ) async throws -> Response {
    let id = try context.deviceID()
    let step = try await life.perform(event, on: id, reason: reason, by: try await context.administrator())
    var view = try await view(of: try await existing(id))
    view.revocations = try await ledger.store.revocations(of: .device(id)).map(RevocationView.init)
    return try AdminAnswer.json(DeviceStepView(changed: step.isNew, sessionClosed: step.hadSession, device: view))
  }

  /// Only a device that has a key can be told over its session who tells it; all others are reset at their line.
  @Sendable private func reset(_ request: Request, _ context: AdminContext) async throws -> Response {
    let device = try await existing(try context.deviceID())
    let administrator = try await context.administrator()
    guard device.thumbprint != nil else {
      throw ManagerError(
        .conflict, "Device \(device.id) has no session, so it cannot be reset from afar.",
        remedy: "Reset it where it stands.")
    }
    try await caller.reset(device)
    try await ledger.commit(.resetDevice(device.id), by: administrator)
    return try await answer(device.id)
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
    return DeviceView(device, certificate: try await ledger.store.terms(of: [id])[id])
  }
}
