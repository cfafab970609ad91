import Foundation
import PKI

@testable import Manager

/// One device with a key, a request, an order and a certificate, for transcripts.
struct Stage {
  let now = Date(timeIntervalSince1970: 1_800_000_000)
  let policy = EnrolmentPolicy(network: "plant")
  let authority: TestAuthority
  let id: DeviceID
  let request: [UInt8]
  let key: KeyDigest
  let order: Order
  /// The order after its certificate arrived.
  let doneOrder: Order
  let issued: IssuedCertificate
  let certificate: CertificateRecord

  init() throws {
    id = try DeviceID("D1")
    authority = try TestAuthority(now: now)
    let signing = SigningKey()
    let made = try Self.request(key: signing)
    request = made.derBytes
    key = KeyDigest(sha256: made.keyDigest)
    order = Order(
      id: .fresh(), holder: .device(id), profile: "device", key: key, request: request, createdAt: now)
    var done = order
    done.state = .issued
    doneOrder = done
    issued = try authority.issue(made)
    certificate = try CertificateRecord(issued, for: order, state: .issued, now: now)
  }

  private static func request(key: SigningKey) throws -> CertificationRequest {
    try CertificationRequest(
      subject: Subject(organization: "plant", serialNumber: "D1", commonName: "D1"), key: key)
  }

  func issue(key: SigningKey) throws -> IssuedCertificate { try authority.issue(try Self.request(key: key)) }

  func record(
    _ state: DeviceState, order: Order? = nil, certificate: CertificateRecord? = nil
  ) -> EnrolmentRecord {
    EnrolmentRecord(
      device: Device(
        id: id, state: state, model: nil, firmware: nil, route: Route(gateway: "g", line: "d1"), claim: nil,
        problem: nil, orderID: order?.id, certificateID: certificate?.id, createdAt: now, changedAt: now, seenAt: nil),
      order: order, certificate: certificate)
  }

  func machine(_ state: DeviceState, failures: Int = 0) -> EnrolmentMachine {
    EnrolmentMachine(record(state), policy: policy, wake: .start, failures: failures)
  }

  func machine(_ record: EnrolmentRecord) -> EnrolmentMachine {
    EnrolmentMachine(record, policy: policy, wake: .start, failures: 0)
  }

  func wait(_ cause: Wait.Cause, _ seconds: Int, failures: Int = 0) -> Wait {
    Wait(cause: cause, duration: .seconds(seconds), failures: failures)
  }
}
