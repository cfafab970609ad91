import Foundation
import PKI

/// The closed list of what can be changed in the store.
enum Change: Sendable, Equatable {
  /// A device made known beforehand: a new row, `registered`.
  case addDevice(DeviceID, model: String?, thumbprint: Thumbprint? = nil)
  /// The good lines of a factory list, each as if added by itself.
  case importDevices([DeviceListing])
  /// An unknown device called: a new row, `pending`.
  case meetDevice(DeviceID, Sighting, key: DeviceKey)
  /// A device proved for the first time which key it has. One that was known by its id alone waits for an administrator.
  case identifyDevice(DeviceID, DeviceKey)
  /// The device was offered a later trust descriptor, and took it unless there is a refusal.
  case offerTrust(DeviceID, epoch: UInt32, refusal: String?)
  /// An administrator had the device erase its identity and its network.
  case resetDevice(DeviceID)
  /// A device, or somebody in its name, did what it never should.
  case alarmDevice(DeviceID, Alarm)
  /// An administrator has seen the alarm.
  case acknowledgeDevice(DeviceID)
  /// A known device calls from another line than last time.
  case relocateDevice(DeviceID, Sighting)
  /// A step of ``DeviceLife`` that changes nothing but the state; what withdraws a device withdraws its certificates too.
  case stepDevice(DeviceID, DeviceEvent, reason: RevocationReason? = nil)
  /// Something keeps a device from going on.
  case trouble(DeviceID, Problem)
  /// What kept an active device from working is over.
  case recoverDevice(DeviceID)
  /// An administrator wants it tried again: the problem is forgotten.
  case retryDevice(DeviceID)

  /// A device's good request: its key is its own from now on, the order exists, `csr-requested` becomes `ordered`.
  case placeOrder(DeviceID, Order)
  /// A device's request with a key whose order exists: that one goes on, `csr-requested` becomes `ordered`.
  case continueOrder(DeviceID, OrderID)
  /// A gateway's or the manager's own order.
  case placeOwnOrder(Order)
  /// The message that goes to the CA, before it goes.
  case sendOrder(OrderID, message: [UInt8])
  /// The CA refused for good, or issued what was not ordered. `problem` goes to the device, if it is a device's order.
  case refuseOrder(Order, Problem)
  /// The certificate arrived. One made `active` at once (a gateway's, our own) supersedes those before it.
  case issue(CertificateRecord)

  /// The device took the certificate: `ordered` becomes `delivered`.
  case deliver(DeviceID, CertificateID)
  /// The device refused the certificate.
  case refuseCertificate(DeviceID, CertificateID, Problem)
  /// The device's report proved the certificate: it becomes the one active certificate of its key, the device `active`.
  case activate(DeviceID, CertificateID, report: [UInt8])

  /// A gateway's order for its next certificate; what it has stays in force.
  case placeGatewayRenewal(Order)
  /// A gateway showed its next certificate: it is the one in force.
  case adoptGatewayCertificate(String, CertificateID)
  /// An administrator, or the CA, shuts a gateway out for good; its certificates are withdrawn.
  case revokeGateway(String, RevocationReason)
  /// The CA's list has one of our certificates. Its holder is shut out with it, if it is the one in force or of the same key.
  case takeRevocation(CertificateID, Holder, RevocationReason)
  /// The CA acknowledged a revocation.
  case toldRevocation(CertificateID, Holder)

  /// An administrator lets a device in over EST: it is made known if it is not, and its earlier code ends.
  case inviteDevice(Invitation)
  /// An unknown device asked over EST: a new row, `pending`, with the key of its request.
  case meetRequest(DeviceID, key: Thumbprint, profile: String)
  /// A device's good request over EST: whatever the device was at, there is this order now.
  case takeRequest(DeviceID, Order, EnrolmentProfile, EnrolmentGround)
  /// A request over EST was turned away.
  case refuseRequest(subject: String, reason: String, address: String)
}

extension DeviceEvent {
  /// What the audit trail calls it.
  fileprivate var auditAction: String {
    switch self {
    case .resume: "device-resumed"
    case .keySeen, .keyGiven, .approve, .call, .order, .deliver, .startAgain, .report, .due, .suspend, .revoke,
      .decommission:
      "device-\(DeviceLife.row(self).to.rawValue)"
    }
  }
}

extension Change {
  /// What it consists of; each part has its own audit row.
  var parts: [Change] {
    guard case .importDevices(let listings) = self else { return [self] }
    return listings.map { .addDevice($0.id, model: $0.model, thumbprint: $0.thumbprint) }
  }

  /// What the audit trail says about it.
  var audit: (action: String, subject: String, detail: [String: String]) {
    switch self {
    case .addDevice(let id, let model, let thumbprint):
      ("device-added", id.text, ["model": model, "thumbprint": thumbprint?.text].compactMapValues { $0 })
    case .importDevices(let listings):
      ("devices-imported", "manager", ["count": "\(listings.count)"])
    case .meetDevice(let id, let sighting, let key):
      (
        "device-met", id.text,
        sighting.auditDetail.merging(["thumbprint": key.thumbprint.text]) { a, _ in a }
      )
    case .identifyDevice(let id, let key):
      ("device-identified", id.text, ["thumbprint": key.thumbprint.text])
    case .offerTrust(let id, let epoch, let refusal):
      (
        refusal == nil ? "trust-delivered" : "trust-refused", id.text,
        ["epoch": "\(epoch)", "refusal": refusal].compactMapValues { $0 }
      )
    case .resetDevice(let id):
      ("device-reset", id.text, [:])
    case .alarmDevice(let id, let alarm):
      ("device-alarm", id.text, ["alarm": alarm.code.rawValue, "detail": alarm.detail])
    case .acknowledgeDevice(let id):
      ("device-acknowledged", id.text, [:])
    case .relocateDevice(let id, let sighting):
      ("device-relocated", id.text, sighting.auditDetail)
    case .stepDevice(let id, let event, let reason):
      (event.auditAction, id.text, ["reason": reason?.name].compactMapValues { $0 })
    case .placeGatewayRenewal(let order):
      ("order-placed", order.holder.name, order.auditDetail)
    case .adoptGatewayCertificate(let name, let certificate):
      ("gateway-renewed", name, ["certificate": certificate.text])
    case .revokeGateway(let name, let reason):
      ("gateway-revoked", name, ["reason": reason.name])
    case .takeRevocation(let certificate, let holder, let reason):
      (
        "certificate-revoked", holder.name,
        ["certificate": certificate.text, "holder": holder.kind, "reason": reason.name]
      )
    case .toldRevocation(let certificate, let holder):
      ("revocation-told", holder.name, ["certificate": certificate.text, "holder": holder.kind])
    case .inviteDevice(let invitation):
      (
        "device-invited", invitation.device.text,
        ["profile": invitation.profile, "expires": invitation.expires.formatted(.iso8601)]
      )
    case .meetRequest(let id, let key, let profile):
      ("device-met", id.text, ["thumbprint": key.text, "profile": profile])
    case .takeRequest(let id, let order, let profile, let ground):
      (
        "order-placed", id.text,
        order.auditDetail.merging(["by": ground.name, "enrolment": "\(profile.name) version \(profile.version)"]) {
          a, _ in a
        }
      )
    case .refuseRequest(let subject, let reason, let address):
      ("request-refused", subject, ["reason": reason, "address": address])
    case .trouble(let id, let problem):
      ("device-trouble", id.text, problem.auditDetail)
    case .recoverDevice(let id):
      ("device-recovered", id.text, [:])
    case .retryDevice(let id):
      ("device-retried", id.text, [:])
    case .placeOrder(let id, let order):
      ("order-placed", id.text, order.auditDetail)
    case .continueOrder(let id, let order):
      ("order-continued", id.text, ["order": order.text])
    case .placeOwnOrder(let order):
      ("order-placed", order.holder.name, order.auditDetail)
    case .sendOrder(let id, let message):
      ("order-sent", id.text, ["bytes": "\(message.count)"])
    case .refuseOrder(let order, let problem):
      ("order-refused", order.holder.name, problem.auditDetail.merging(["order": order.id.text]) { a, _ in a })
    case .issue(let record):
      ("certificate-issued", record.holder.name, record.auditDetail)
    case .deliver(let id, let certificate):
      ("certificate-delivered", id.text, ["certificate": certificate.text])
    case .refuseCertificate(let id, let certificate, let problem):
      ("certificate-refused", id.text, problem.auditDetail.merging(["certificate": certificate.text]) { a, _ in a })
    case .activate(let id, let certificate, _):
      ("certificate-active", id.text, ["certificate": certificate.text])
    }
  }
}

extension Sighting {
  fileprivate var auditDetail: [String: String] {
    ["gateway": route.gateway, "line": route.line, "model": model, "firmware": firmware]
  }
}

extension Problem {
  fileprivate var auditDetail: [String: String] { ["problem": code.rawValue, "detail": detail] }
}

extension Order {
  fileprivate var auditDetail: [String: String] {
    ["order": id.text, "holder": holder.kind, "profile": profile, "key": key.text]
  }
}

extension CertificateRecord {
  fileprivate var auditDetail: [String: String] {
    ["order": orderID.text, "holder": holder.kind, "certificate": id.text, "serial": serial, "issuer": issuer]
  }
}
