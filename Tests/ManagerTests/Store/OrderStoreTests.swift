import Foundation
import ManagerBench
import PKI
import Testing

@testable import Manager

@Suite("Orders and certificates in the store")
struct OrderStoreTests {
  let rig: Rig

  init() throws { rig = try Rig("D1", "D2") }

  private func request(_ id: String, key: SigningKey) throws -> CertificationRequest {
    try CertificationRequest(
      subject: Subject(organization: "plant", serialNumber: id, commonName: id), key: key)
  }

  private func order(_ id: String, key: SigningKey) throws -> Order {
    Order(
      id: .fresh(), holder: .device(try DeviceID(id)), profile: "device",
      key: KeyDigest(sha256: key.publicKey.keyDigest), request: try request(id, key: key).derBytes,
      createdAt: rig.clock.now)
  }

  private func prepare(_ store: SQLiteStore, _ id: String) async throws -> DeviceID {
    let id = try DeviceID(id)
    try await store.force(id, into: .csrRequested)
    return id
  }

  @Test("A key that was seen for one device is never taken for another")
  func keyOfAnotherDevice() async throws {
    let store = try rig.openStore()
    let key = SigningKey()
    let first = try await prepare(store, "D1")
    let second = try await prepare(store, "D2")
    try await store.commit(.placeOrder(first, try order("D1", key: key)), by: .manager, at: rig.clock.now)
    await #expect(throws: ManagerError(.conflict, "")) {
      try await store.commit(.placeOrder(second, try order("D2", key: key)), by: .manager, at: rig.clock.now)
    }
    #expect(try await store.device(second)?.state == .csrRequested)
    #expect(try await store.device(second)?.orderID == nil)
  }

  @Test("A key has one open order at a time")
  func oneOpenOrder() async throws {
    let store = try rig.openStore()
    let key = SigningKey()
    let id = try await prepare(store, "D1")
    try await store.commit(.placeOrder(id, try order("D1", key: key)), by: .manager, at: rig.clock.now)
    await #expect(throws: ManagerError(.conflict, "")) {
      try await store.commit(.placeOwnOrder(try order("D1", key: key)), by: .manager, at: rig.clock.now)
    }
  }

  @Test("A certificate is stored once: the second answer to an order is a conflict")
  func issuedOnce() async throws {
    let store = try rig.openStore()
    let key = SigningKey()
    let id = try await prepare(store, "D1")
    let order = try order("D1", key: key)
    try await store.commit(.placeOrder(id, order), by: .manager, at: rig.clock.now)
    for attempt in 0..<2 {
      let issued = try rig.authority.issue(try request("D1", key: key))
      let record = try CertificateRecord(issued, for: order, state: .issued, now: rig.clock.now)
      if attempt == 0 {
        try await store.commit(.issue(record), by: .manager, at: rig.clock.now)
        #expect(try await store.enrolment(of: id)?.certificate == record)
      } else {
        await #expect(throws: ManagerError(.conflict, "")) {
          try await store.commit(.issue(record), by: .manager, at: rig.clock.now)
        }
      }
    }
  }

  @Test("A report that overtakes the answer to the delivery makes the device active, by way of delivered")
  func reportOvertakes() async throws {
    let store = try rig.openStore()
    let key = SigningKey()
    let id = try await prepare(store, "D1")
    let order = try order("D1", key: key)
    try await store.commit(.placeOrder(id, order), by: .manager, at: rig.clock.now)
    let record = try CertificateRecord(
      try rig.authority.issue(try request("D1", key: key)), for: order, state: .issued, now: rig.clock.now)
    try await store.commit(.issue(record), by: .manager, at: rig.clock.now)
    let steps = try await store.commit(.activate(id, record.id, report: [1]), by: .device(id), at: rig.clock.now)
    #expect(steps.map(\.to) == [.delivered, .active])
    #expect(steps.last?.serial == record.serial)
    #expect(try await store.certificate(record.id)?.state == .active)
    #expect(try await store.certificate(record.id)?.report == [1])
  }

  @Test("What the CA issues for another key or subject, or not for now, is not taken")
  func unfitCertificates() throws {
    let key = SigningKey()
    let order = try order("D1", key: key)
    let otherKey = try rig.authority.issue(try request("D1", key: SigningKey()))
    let otherSubject = try rig.authority.issue(try request("D2", key: key))
    let good = try rig.authority.issue(try request("D1", key: key))
    for unfit in [otherKey, otherSubject] {
      #expect(throws: ManagerError(.protocolViolation, "")) {
        try CertificateRecord(unfit, for: order, state: .issued, now: rig.clock.now)
      }
    }
    #expect(throws: ManagerError(.protocolViolation, "")) {
      try CertificateRecord(good, for: order, state: .issued, now: rig.clock.now + 366 * 86_400)
    }
    #expect(try CertificateRecord(good, for: order, state: .issued, now: rig.clock.now).key == order.key)
  }
}
