import CoAPStream
import Testing

@testable import Manager

/// DeviceKit's devices behind a real gateway connection of a real manager.
struct KitSite: Sendable {
  let gateway: TestGateway
  let devices: [KitDevice]
  let connection: CoAPConnection
  let client: AdminClient

  /// Connects a gateway, and serves the devices' lines while `body` runs.
  static func connected<Result: Sendable>(
    _ gateway: TestGateway, _ devices: [KitDevice], to address: ListenAddress, _ client: AdminClient,
    _ body: (KitSite) async throws -> Result
  ) async throws -> Result {
    let connection = try await gateway.connect(to: address)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try? await connection.run { request in
          guard let device = devices.first(where: { request.uriHost == "\($0.line).\(gateway.name)" }) else {
            return .problem(.notFound, "unknown line")
          }
          var request = request
          request.uriHost = nil
          return (try? device.answer(request)) ?? .response(.gatewayTimeout)
        }
      }
      defer { group.cancelAll() }
      return try await body(KitSite(gateway: gateway, devices: devices, connection: connection, client: client))
    }
  }

  /// Lets a device speak until it is in a session, or gives up.
  @discardableResult
  func enter(_ device: KitDevice) async throws -> Bool {
    try await device.enter { try await connection.request($0, timeout: .seconds(60)) }.isInside
  }

  /// Leads a device that the manager knows to where it is active.
  func enrol(_ device: KitDevice) async throws -> DeviceView {
    #expect(try await enter(device))
    let view: DeviceView = try await client.get("devices/\(device.id)")
    if view.state == .pending { let _: DeviceView = try await client.post("devices/\(device.id)/approve") }
    return try await poll("\(device.id) is active") {
      // It speaks when it has something to say now, and does not hurry its clock meanwhile: the manager is calling it.
      try await device.speakNow { try await connection.request($0, timeout: .seconds(60)) }
      let view: DeviceView = try await client.get("devices/\(device.id)")
      return view.state == .active ? view : nil
    }
  }
}
