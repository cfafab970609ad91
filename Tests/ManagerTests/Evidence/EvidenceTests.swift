import Crypto
import Foundation
import ManagerBench
import PKI
import Testing
import X509

@testable import Manager

@Suite("The evidence of a certificate")
struct EvidenceTests {
  private let now = VirtualClock().now
  private let authority: TestAuthority
  private let deviceKey = P256.Signing.PrivateKey()
  private let managerKey = SigningKey()
  private let good: EvidenceBundle

  /// What is signed by whom in one story.
  private struct Story {
    var request: CertificationRequest
    var certificate: Certificate
    var order: [UInt8]
    var report: [UInt8]
  }

  init() throws {
    authority = try TestAuthority(now: now)
    good = try Self.bundle(Self.story(authority, managerKey, deviceKey, now))
  }

  private static func story(
    _ authority: TestAuthority, _ managerKey: SigningKey, _ deviceKey: P256.Signing.PrivateKey, _ now: Date,
    manager: CertificateProfile = .registrationAuthority
  ) throws -> Story {
    let request = try CertificationRequest(
      subject: Subject(organization: "plant", serialNumber: "D1", commonName: "D1"), dnsNames: ["d1.plant.test"],
      key: SigningKey(pem: deviceKey.pemRepresentation))
    let certificate = try authority.issue(request).certificate
    let registration = try CertificationRequest(
      subject: Subject(organization: "plant", serialNumber: "M", commonName: "manager"), dnsNames: ["m.plant.test"],
      key: managerKey)
    let signer = try authority.issue(registration, profile: manager).certificate
    return Story(
      request: request, certificate: certificate,
      order: try CMCRequest(transaction: .random(), certificationRequest: request).signed(
        with: managerKey, certificate: signer, issuers: [], at: now),
      report: try ScriptedDevice.report(DeviceID("D1"), key: deviceKey, certificate: certificate.der))
  }

  private static func bundle(_ story: Story) throws -> EvidenceBundle {
    EvidenceBundle(
      certificate: try story.certificate.pem, chain: "", request: story.request.derBytes, order: story.order,
      report: story.report)
  }

  private func verdict(_ change: (inout EvidenceBundle) throws -> Void) async throws -> EvidenceFault? {
    var bundle = good
    try change(&bundle)
    do throws(EvidenceFault) {
      _ = try await bundle.verify(anchors: [authority.anchor])
      return nil
    } catch {
      return error
    }
  }

  @Test("Genuine evidence says who asked, who ordered and when, whatever the hour, through a file too")
  func genuine() async throws {
    let folder = try TemporaryFolder()
    let file = "\(folder.path)/evidence.json"
    try good.json.write(to: URL(fileURLWithPath: file))
    #expect(good.isOrdered)
    let verdict = try await EvidenceBundle(file: file).verify(anchors: [authority.anchor])
    #expect(verdict.device == "D1" && verdict.subject.contains("D1") && verdict.orderedBy.contains("manager"))
    #expect(abs(verdict.orderedAt.timeIntervalSince(now)) < 1)
    #expect(throws: ManagerError(.notFound, "")) { try EvidenceBundle(file: file + "x") }
    for text in ["", "{}", String(decoding: try good.json, as: UTF8.self).replacing("evidence-1", with: "evidence-2")] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: file))
      #expect(throws: ManagerError(.unreadableFile, "")) { try EvidenceBundle(file: file) }
    }
  }

  @Test("Each part from another story is told apart, with its own reason")
  func crossed() async throws {
    let other = try Self.bundle(Self.story(authority, managerKey, P256.Signing.PrivateKey(), now))
    #expect(try await verdict { _ in } == nil)
    #expect(try await verdict { $0.certificate = other.certificate } == .keyNotRequested)
    #expect(try await verdict { $0.request = other.request } == .keyNotRequested)
    #expect(try await verdict { $0.order = other.order } == .requestNotOrdered)
    #expect(try await verdict { $0.report = other.report } == .reportWrong)
    let stranger = try TestAuthority(now: now)
    let foreign = try Self.bundle(Self.story(stranger, managerKey, deviceKey, now))
    #expect(try await verdict { $0.certificate = foreign.certificate } == .certificateNotTrusted)
    #expect(try await verdict { $0.order = foreign.order } == .ordererNotTrusted)
    let device = try Self.bundle(Self.story(authority, managerKey, deviceKey, now, manager: .device))
    #expect(try await verdict { $0.order = device.order } == .ordererNotTrusted)
    // The same key certified once more is another certificate.
    let again = try Self.bundle(Self.story(authority, managerKey, deviceKey, now))
    #expect(try await verdict { $0.report = again.report } == .reportWrong)
  }

  @Test("What cannot be read is said to be that, part by part")
  func unreadable() async throws {
    #expect(try await verdict { $0.certificate = "" } == .certificateUnreadable)
    #expect(try await verdict { $0.certificate += good.certificate } == .certificateUnreadable)
    #expect(try await verdict { $0.chain = "x" } == .certificateUnreadable)
    #expect(try await verdict { $0.request.removeLast() } == .requestWrong)
    #expect(try await verdict { $0.order.removeLast() } == .orderUnreadable)
    #expect(try await verdict { $0.order = Data() } == .orderUnreadable)
    #expect(try await verdict { $0.report.removeLast() } == .reportUnreadable)
  }

  @Test("No bit of request, order or report can be turned")
  func bits() async throws {
    for part in [\EvidenceBundle.request, \.order, \.report] {
      for index in stride(from: 0, to: good[keyPath: part].count, by: 7) {
        let fault = try await verdict { $0[keyPath: part][index] ^= 1 << UInt8(index % 8) }
        #expect(fault != nil, "byte \(index)")
      }
    }
  }
}
