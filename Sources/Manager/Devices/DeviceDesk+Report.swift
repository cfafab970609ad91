import CoAP
import CoAPStream
import Foundation

extension DeviceDesk {
  /// Takes a device's signed report. A good one about the certificate in force makes it active; a good one about an earlier
  /// certificate of the same device is true as well, and acknowledged; the same one again is nothing new.
  ///
  /// - Parameter key: what the caller proved to hold.
  func report(_ bytes: [UInt8], from gateway: String, key: DeviceKey) async throws -> CoAPMessage {
    let report = try DeviceReport(bytes)
    guard let device = try await ledger.store.device(report.id) else {
      throw ManagerError(.notFound, "The device is unknown.")
    }
    guard device.thumbprint == key.thumbprint else {
      throw ManagerError(.forbidden, "The device has another key.")
    }
    guard !device.state.isBlocked else {
      throw ManagerError(.forbidden, "The device is \(device.state.rawValue).")
    }
    let record: CertificateRecord
    do {
      record = try await certificate(of: report)
      try report.verify(with: record)
    } catch let error as ManagerError where error.code == .refused {
      try await note(error, of: device, from: gateway)
      throw error
    }
    guard device.certificateID == record.id else {
      await engine.wake(device.id, .registration)
      return .response(.changed)
    }
    if device.state == .ordered || device.state == .delivered {
      try await ledger.commit(.activate(device.id, record.id, report: report.bytes), by: .device(device.id))
    }
    return .response(.changed)
  }

  private func certificate(of report: DeviceReport) async throws -> CertificateRecord {
    guard let record = try await ledger.store.certificate(report.certificate), record.holder == .device(report.id)
    else {
      throw ManagerError(.refused, "The report names no certificate of this device.")
    }
    return record
  }

  /// A report that proves nothing is shown and audited, as fast as one gateway may cause it and no faster.
  private func note(_ error: ManagerError, of device: Device, from gateway: String) async throws {
    let now = ledger.clock.now
    guard device.state == .ordered || device.state == .delivered, device.problem?.code != .reportRefused,
      limits.ofKnown.admits(gateway, at: now)
    else { return }
    try await ledger.commit(
      .trouble(device.id, Problem(.reportRefused, error.reason, at: now)), by: .gateway(gateway))
  }
}
