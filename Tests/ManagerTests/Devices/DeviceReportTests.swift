import CoAP
import CoAPStream
import Crypto
import Foundation
import PKI
import Testing

@testable import Manager

@Suite("A device's signed report")
struct DeviceReportTests {
  let stage: Stage
  let key = P256.Signing.PrivateKey()
  let record: CertificateRecord

  init() throws {
    stage = try Stage()
    let signing = try SigningKey(pem: key.pemRepresentation)
    let request = try CertificationRequest(
      subject: Subject(organization: "plant", serialNumber: "D1", commonName: "D1"), key: signing)
    let order = Order(
      id: .fresh(), holder: .device(stage.id), profile: "device", key: KeyDigest(sha256: request.keyDigest),
      request: request.derBytes, createdAt: stage.now)
    record = try CertificateRecord(try stage.authority.issue(request), for: order, state: .delivered, now: stage.now)
  }

  private func report() throws -> [UInt8] { try ScriptedDevice.report(stage.id, key: key, certificate: record.der) }

  @Test("A report by the certificate's key about this certificate holds")
  func good() throws {
    let bytes = try report()
    let report = try DeviceReport(bytes)
    #expect(report.id == stage.id)
    #expect(report.bytes == bytes)
    try report.verify(with: record)
  }

  @Test("A report by another key is refused")
  func otherKey() throws {
    let report = try DeviceReport(
      try ScriptedDevice.report(stage.id, key: P256.Signing.PrivateKey(), certificate: record.der))
    #expect(throws: ManagerError(.refused, "")) { try report.verify(with: record) }
  }

  @Test("A report about another certificate is refused")
  func otherCertificate() throws {
    let other = try stage.issue(key: try SigningKey(pem: key.pemRepresentation)).certificate.der
    let report = try DeviceReport(try ScriptedDevice.report(stage.id, key: key, certificate: other))
    #expect(throws: ManagerError(.refused, "")) { try report.verify(with: record) }
  }

  @Test("No truncation and no flipped bit of a report holds")
  func mutations() throws {
    let good = try report()
    for count in good.indices {
      #expect(throws: ManagerError(.invalid, "")) { try DeviceReport(Array(good.prefix(count))) }
    }
    for index in good.indices {
      for bit in 0..<8 {
        var flipped = good
        flipped[index] ^= 1 << UInt8(bit)
        #expect(throws: ManagerError.self, "byte \(index) bit \(bit)") {
          try DeviceReport(flipped).verify(with: record)
        }
      }
    }
  }

  @Test(
    "A report that proves nothing changes nothing but the problem that is shown; the right one goes through after it")
  func atTheDesk() async throws {
    let rig = try Rig("D1")
    let life = try Life(rig)
    try await life.run { life in
      try await life.register()
      try await life.approve()
      try await eventually("delivered") { try await life.state() == .delivered }
      let forged = try ScriptedDevice.report(
        rig.device.id, key: P256.Signing.PrivateKey(), certificate: try #require(rig.device.certificate))
      let answer = await life.desk.answer(
        .request(.post, "report", contentFormat: .coseSign1, payload: forged).from("d1"), from: "g",
        as: life.rig.device.key)
      #expect(answer.code == .forbidden)
      #expect(try await life.state() == .delivered)
      #expect(try await life.device()?.problem?.code == .reportRefused)
      try await life.report()
      #expect(try await life.state() == .active)
      #expect(try await life.device()?.problem == nil)
      let rows = try await life.store.audit(after: nil, limit: 100).items.count
      // Acknowledged before, and lost on the way: the device says it again.
      try await life.report()
      #expect(try await life.store.audit(after: nil, limit: 100).items.count == rows)
    }
  }
}
