import Foundation
import PKI
import Testing
import X509

@testable import MockCA

@Suite("What a registration authority may do")
struct LimitsTests {
  private func order(
    _ ca: TestCA, _ ra: TestRA, _ request: CertificationRequest, _ profile: CertificateProfile = .device
  ) async throws -> Refusal? {
    switch await ca.registrar.handleFullCMC(try ra.order(request, at: ca.clock.now), profile: profile).1 {
    case .success: nil
    case .failure(let refusal): refusal
    }
  }

  @Test("A code and limits name profiles that ca.yaml has")
  func unknownProfile() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let limits = AuthorityLimits(profiles: ["device", "divice"])
    let error = await #expect(throws: MockCAError(.argument, "")) {
      try await MockCA.makeCode(directory: ca.directory, limits: limits, now: ca.clock.now)
    }
    #expect(error?.reason.contains("'divice'") == true)
    await #expect(throws: MockCAError(.argument, "")) {
      try await MockCA.makeCode(directory: ca.directory, profile: "divice", now: ca.clock.now)
    }
    await #expect(throws: MockCAError(.argument, "")) {
      try await MockCA.limit(
        serialNumber: ra.certificate.serialNumber.hexadecimal, to: limits, directory: ca.directory, now: ca.clock.now)
    }
    #expect(try await order(ca, ra, deviceRequest()) == nil)
  }

  @Test("A suspended authority orders nothing until it is resumed, and can still revoke")
  func suspension() async throws {
    let ca = try TestCA()
    let (ra, other) = (try await ca.makeRA(), try await ca.makeRA())
    let serial = ra.certificate.serialNumber.hexadecimal
    let certificate = try await ca.registrar.issue(to: ra, deviceRequest())
    #expect(try await MockCA.suspend(serialNumber: serial, directory: ca.directory, now: ca.clock.now))
    #expect(try await !MockCA.suspend(serialNumber: serial, directory: ca.directory, now: ca.clock.now))
    #expect(try await order(ca, ra, deviceRequest(serial: "B")) == .authoritySuspended)
    #expect(try await order(ca, other, deviceRequest(serial: "B")) == nil)
    #expect(
      try await MockCA.authorities(directory: ca.directory, now: ca.clock.now).map { $0.state(now: ca.clock.now) }
        == ["suspended", "active"])
    _ = try await ca.registrar.handle(try ra.revocation(of: certificate, at: ca.clock.now), profile: nil).1.get()
    #expect(try await MockCA.resume(serialNumber: serial, directory: ca.directory, now: ca.clock.now))
    #expect(try await order(ca, ra, deviceRequest(serial: "C")) == nil)
    await #expect(throws: MockCAError(.unknownCertificate, "")) {
      try await MockCA.suspend(
        serialNumber: certificate.serialNumber.hexadecimal, directory: ca.directory, now: ca.clock.now)
    }
  }

  @Test("Profiles, domains, addresses and organization outside of a code's limits are refused, each with its reason")
  func limits() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA(
      limits: AuthorityLimits(profiles: ["device", "server"], domains: ["plant.test"], organization: "plant"))
    #expect(try await order(ca, ra, deviceRequest()) == nil)
    let gateway = try CertificationRequest(subject: Subject(organization: "plant", commonName: "g"), key: SigningKey())
    #expect(try await order(ca, ra, gateway, .gateway) == .profileNotOfAuthority)
    #expect(try await order(ca, ra, deviceRequest(network: "other", serial: "B")) == .nameNotOfAuthority)
    for (names, addresses) in [(["a.other.test"], []), (["aplant.test"], []), ([], [[127, 0, 0, 1]])]
      as [([String], [[UInt8]])]
    {
      let server = try CertificationRequest(
        subject: Subject(organization: "plant", commonName: "s"), dnsNames: names, ipAddresses: addresses,
        key: SigningKey())
      #expect(try await order(ca, ra, server, .server) == .nameNotOfAuthority, "\(names) \(addresses)")
    }
    // Its own certificate it may always renew.
    let own = try CertificationRequest(subject: Subject(commonName: "manager"), key: SigningKey())
    #expect(try await order(ca, ra, own, .registrationAuthority) == nil)
    try await MockCA.limit(
      serialNumber: ra.certificate.serialNumber.hexadecimal, to: AuthorityLimits(), directory: ca.directory,
      now: ca.clock.now)
    #expect(try await order(ca, ra, gateway, .gateway) == nil)
  }

  @Test("A day has so many orders and no more; repetitions and refusals are none, and the next day begins anew")
  func quota() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA(limits: AuthorityLimits(perDay: 2))
    let repeated = CMCRequest(transaction: .random(), certificationRequest: try deviceRequest(serial: "A"))
    for _ in 0..<3 {
      let message = try CMCRequest(
        transaction: repeated.transaction, certificationRequest: CertificationRequest(repeated.certificationRequest))
      _ = try await ca.registrar.handleFullCMC(try ra.order(message, at: ca.clock.now), profile: .device).1.get()
    }
    #expect(try await order(ca, ra, deviceRequest(serial: "B"), .gateway) != nil)
    #expect(try await order(ca, ra, deviceRequest(serial: "B")) == nil)
    for _ in 0..<3 { #expect(try await order(ca, ra, deviceRequest(serial: "C")) == .quotaExhausted) }
    ca.clock.advance(by: 86_400)
    #expect(try await order(ca, ra, deviceRequest(serial: "C")) == nil)
  }

  @Test("A month's report counts what each authority had issued, renewed and revoked, and nothing of another month")
  func usage() async throws {
    let ca = try TestCA()
    let (one, two) = (try await ca.makeRA(), try await ca.makeRA())
    // The middle of a month, so that the day after is of the same one.
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let parts = calendar.dateComponents([.year, .month, .day], from: ca.clock.now)
    ca.clock.advance(by: Double(45 - (parts.day ?? 1)) * 86_400)
    let month = calendar.dateComponents([.year, .month], from: ca.clock.now)
    guard let year = month.year, let number = month.month else { return }
    // The authority's certificate, too, ends in a year.
    let first = try await ca.registrar.issue(to: one, deviceRequest(serial: "A"))
    _ = try await ca.registrar.issue(to: one, deviceRequest(serial: "A"))
    _ = try await ca.registrar.issue(to: one, deviceRequest(serial: "B"))
    _ = try await ca.registrar.handle(try one.revocation(of: first, at: ca.clock.now), profile: nil).1.get()
    let reports = try await MockCA.usage(year: year, month: number, directory: ca.directory)
    #expect(reports.map { [$0.issued, $0.renewed, $0.revoked] } == [[2, 1, 1], [0, 0, 0]])
    #expect(reports.map(\.authority) == [one, two].map(\.certificate.serialNumber.hexadecimal))
    let next = try await MockCA.usage(
      year: number == 12 ? year + 1 : year, month: number % 12 + 1, directory: ca.directory)
    #expect(next.allSatisfy { $0.issued + $0.renewed + $0.revoked == 0 })
  }
}
