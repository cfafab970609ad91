import Foundation
import PKI

// Requests that are taken: one order each, and one certificate.
extension ESTDesk {
  /// What became of the same request before; nil when it is a new one.
  ///
  /// - Parameter isRenewal: whether a certificate that is due is to be followed by another one for the same request.
  func standing(
    _ request: CertificationRequest, of id: DeviceID, _ profile: EnrolmentProfile, isRenewal: Bool
  ) async throws -> ESTOutcome? {
    let key = KeyDigest(sha256: request.keyDigest)
    guard let holder = try await ledger.store.holder(of: key) else { return nil }
    guard holder == .device(id) else { throw ESTRefusal.keyOfAnother }
    guard let order = try await ledger.store.order(for: .device(id), key: key) else { return nil }
    guard let record = try await ledger.store.certificate(from: order.id) else {
      // An open order of this key goes on, whatever words it is asked for in now: there can be only one.
      return order.state == .open ? try await complete(order, profile) : nil
    }
    guard record.state != .revoked else { throw ESTRefusal.keyRevoked }
    guard order.request == request.derBytes else { return nil }
    if isRenewal, now >= RenewalRule.time(record, profile.renewalShare) { return nil }
    guard record.notAfter > now else { throw ESTRefusal.certificateEnded }
    return try await hand(record, to: id)
  }

  func take(
    _ request: CertificationRequest, for id: DeviceID, _ profile: EnrolmentProfile, _ ground: EnrolmentGround
  ) async throws -> ESTOutcome {
    let key = KeyDigest(sha256: request.keyDigest)
    let order = Order(
      id: .fresh(), holder: .device(id), profile: profile.label, key: key, request: request.derBytes, createdAt: now)
    do {
      try await ledger.commit(.takeRequest(id, order, profile, ground), by: .device(id))
    } catch let error as ManagerError where error.code == .conflict {
      // The same request, sent twice at once: the other one's order is this one's.
      guard let other = try await ledger.store.order(for: .device(id), key: key), other.request == request.derBytes
      else { throw error }
      if let record = try await ledger.store.certificate(from: other.id) { return try await hand(record, to: id) }
      return try await complete(other, profile)
    }
    return try await complete(order, profile)
  }

  /// Sends the order, or sends it again. The certificate is on disk before it leaves.
  private func complete(_ order: Order, _ profile: EnrolmentProfile) async throws -> ESTOutcome {
    guard case .device(let id) = order.holder else { throw ESTRefusal.keyOfAnother }
    switch try await orders.place(order) {
    case .issued(let issued):
      let record: CertificateRecord
      do {
        record = try CertificateRecord(issued, for: order, state: .issued, now: now)
        try profile.checkLife(record)
      } catch {
        throw try await refuse(order, .certificateUnfit, error.reason)
      }
      do {
        try await ledger.commit(.issue(record), by: .manager)
      } catch let error as ManagerError where error.code == .conflict {
        guard let stored = try await ledger.store.certificate(from: order.id) else { throw error }
        return try await hand(stored, to: id)
      }
      return try await hand(record, to: id)
    case .later(let patience, _): return .later(seconds: max(5, Int(patience.components.seconds)))
    case .disowned: return .later(seconds: 60)
    case .refused(let detail): throw try await refuse(order, .authorityRefused, detail)
    }
  }

  private func refuse(_ order: Order, _ code: Problem.Code, _ detail: String) async throws -> ESTRefusal {
    try await ledger.commit(.refuseOrder(order, Problem(code, detail, held: true, at: now)), by: .manager)
    return ESTRefusal(403, code.rawValue, "The CA did not certify it: \(detail)")
  }

  private func hand(_ record: CertificateRecord, to id: DeviceID) async throws -> ESTOutcome {
    let device = try await ledger.store.device(id)
    if let device, device.state.isBlocked { throw ESTRefusal.blocked(device.state) }
    if let device, device.state == .ordered, device.certificateID == record.id {
      do {
        try await ledger.commit(.deliver(id, record.id), by: .device(id))
      } catch let error as ManagerError where error.code == .conflict {
        // Handed out by another connection at the same moment, or turned away, which the next request hears.
      }
    }
    return .issued(record)
  }
}

extension EnrolmentProfile {
  /// - Throws: ``ManagerError`` with code `protocolViolation` when the certificate lives longer than this profile allows.
  func checkLife(_ record: CertificateRecord) throws(ManagerError) {
    // An hour for the clocks: CAs begin certificates a while ago.
    guard let mostDays, record.notAfter.timeIntervalSince(record.notBefore) > Double(mostDays) * 86_400 + 3_600 else {
      return
    }
    throw ManagerError(
      .protocolViolation, "The certificate lives longer than the \(mostDays) days of profile '\(name)'.")
  }
}
