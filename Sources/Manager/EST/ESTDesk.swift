import EST
import Foundation
import PKI

/// Simple enrolment and re-enrolment (RFC 7030 §4.2): who may have which certificate.
///
/// Every request that is taken becomes a durable order first, so that the same request again, after whatever went wrong, comes to
/// the same certificate.
struct ESTDesk: Sendable {
  let ledger: Ledger
  let orders: OrderDesk
  let profiles: EnrolmentProfiles
  let policy: EnrolmentPolicy
  let limits: CallLimits
  /// How many unknown devices may wait for an administrator.
  let pendingLimit: Int

  /// How soon who waits for an administrator asks again, in seconds.
  static let approvalSeconds = 30

  var now: Date { ledger.clock.now }

  /// - Parameters:
  ///   - bytes: the PKCS#10.
  ///   - label: the profile in the path.
  ///   - code: the one-time code; nil when there was nothing that could be one.
  ///   - address: the client's.
  func enrol(_ bytes: [UInt8], label: String?, code: OneTimeCode?, from address: String) async throws -> ESTOutcome {
    let invitation = try await invitation(code)
    let name = label ?? invitation?.profile ?? EnrolmentProfile.builtIn.name
    guard let profile = profiles.named[name] else { throw ESTRefusal.profileUnknown }
    guard invitation.map({ $0.profile == name }) ?? true else { throw ESTRefusal.codeUnknown }
    let (request, id) = try check(bytes, profile, invitation?.device)
    let device = try await known(id, by: name)
    if let answer = try await standing(request, of: id, profile, isRenewal: false) { return answer }
    if let invitation {
      guard profile.ways.contains(.code) else { throw ESTRefusal.wayNotAllowed }
      guard !invitation.isUsed else { throw ESTRefusal.codeUsed }
      guard invitation.expires > now else { throw ESTRefusal.codeExpired }
      return try await take(request, for: id, profile, .code(invitation.code))
    }
    guard profile.ways.contains(.approval) else { throw ESTRefusal.codeMissing }
    return try await enrolByApproval(request, of: id, device, profile, from: address)
  }

  /// - Parameter shown: the certificate that the client proved to have the key of.
  func reenrol(_ bytes: [UInt8], label: String?, shown: CertificateRecord?) async throws -> ESTOutcome {
    guard let shown, case .device(let id) = shown.holder else { throw ESTRefusal.certificateRequired }
    guard let device = try await ledger.store.device(id), let name = device.estProfile else {
      throw ESTRefusal.notOverEST
    }
    guard label ?? name == name else { throw ESTRefusal.profileOfAnother }
    guard let profile = profiles.named[name] else { throw ESTRefusal.profileUnknown }
    guard !device.state.isBlocked else { throw ESTRefusal.blocked(device.state) }
    guard profile.ways.contains(.certificate) else { throw ESTRefusal.wayNotAllowed }
    guard shown.state != .revoked else { throw ESTRefusal.certificateRevoked }
    guard shown.state != .superseded else { throw ESTRefusal.certificateSuperseded }
    guard now <= shown.notAfter.addingTimeInterval(Double(profile.afterExpiryDays) * 86_400) else {
      throw ESTRefusal.certificateEnded
    }
    let (request, _) = try check(bytes, profile, id)
    guard try await renews(shown, request) else { throw ESTRefusal.subjectOfAnother }
    if let answer = try await standing(request, of: id, profile, isRenewal: true) { return answer }
    return try await take(request, for: id, profile, .certificate(shown.id))
  }

  private func invitation(_ code: OneTimeCode?) async throws -> Invitation? {
    guard let code else { return nil }
    guard let invitation = try await ledger.store.invitation(code.digest) else { throw ESTRefusal.codeUnknown }
    return invitation
  }

  private func check(
    _ bytes: [UInt8], _ profile: EnrolmentProfile, _ device: DeviceID?
  ) throws -> (CertificationRequest, DeviceID) {
    do {
      return try profile.check(bytes, device: device, policy: policy)
    } catch {
      throw ESTRefusal(error)
    }
  }

  private func known(_ id: DeviceID, by profile: String) async throws -> Device? {
    guard let device = try await ledger.store.device(id) else { return nil }
    guard let own = device.estProfile else { throw ESTRefusal.notOverEST }
    guard own == profile else { throw ESTRefusal.profileOfAnother }
    guard !device.state.isBlocked else { throw ESTRefusal.blocked(device.state) }
    return device
  }

  /// Re-enrolment keeps subject and names (RFC 7030 §4.2.2).
  private func renews(_ shown: CertificateRecord, _ request: CertificationRequest) async throws -> Bool {
    guard let order = try await ledger.store.order(shown.orderID),
      let before = try? CertificationRequest(order.request, overriding: Set(OverriddenExtension.allCases))
    else { return false }
    return before.subject.name == request.subject.name && Set(before.dnsNames) == Set(request.dnsNames)
      && Set(before.ipAddresses) == Set(request.ipAddresses)
  }

  /// A device that nobody invited: it waits with its key until an administrator has compared that and approved.
  private func enrolByApproval(
    _ request: CertificationRequest, of id: DeviceID, _ known: Device?, _ profile: EnrolmentProfile,
    from address: String
  ) async throws -> ESTOutcome {
    let key = Thumbprint(sha256: request.keyDigest)
    guard let known else {
      if let twin = try await ledger.store.twin(of: id) { throw ManagerError.twin(of: twin, id) }
      if try await ledger.store.device(with: key) != nil { throw ESTRefusal.keyOfAnother }
      guard limits.ofStrangers.admits(address, at: now), try await ledger.store.count(of: .pending) < pendingLimit
      else { throw ManagerError(.overloaded, "Too many unknown devices are waiting.") }
      try await ledger.commit(.meetRequest(id, key: key, profile: profile.name), by: .device(id))
      return .later(seconds: Self.approvalSeconds)
    }
    // One that was invited has no key yet, and comes with its code.
    guard let expected = known.thumbprint else { throw ESTRefusal.codeMissing }
    guard expected == key else { throw ESTRefusal.keyNotApproved }
    switch known.state {
    case .pending: return .later(seconds: Self.approvalSeconds)
    case .approved, .csrRequested: return try await take(request, for: id, profile, .approval)
    case .registered, .ordered, .delivered, .active, .renewalDue, .suspended, .revoked, .decommissioned:
      throw ESTRefusal.codeMissing
    }
  }
}
