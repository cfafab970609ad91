import Foundation
import PKI
import Testing

@testable import Manager

@Suite("What EST decides, in its own time")
struct ESTDeskTests {
  private let rig: Rig
  private let ledger: Ledger
  private let day = 86_400.0

  init() throws {
    rig = try Rig()
    ledger = rig.ledger(try rig.openStore())
  }

  /// - Parameter authority: whose certificates begin at another time than those of the rig's.
  private func desk(_ profile: EnrolmentProfile = .builtIn, authority: TestAuthority? = nil) -> ESTDesk {
    ESTDesk(
      ledger: ledger, orders: OrderDesk(ledger: ledger, authority: authority ?? rig.authority),
      profiles: EnrolmentProfiles([profile]), policy: rig.policy, limits: CallLimits(perMinute: 60), pendingLimit: 2)
  }

  private func invite(_ id: String, profile: String = "device", days: Double = 1) async throws -> OneTimeCode {
    let code = OneTimeCode.random()
    try await ledger.commit(
      .inviteDevice(
        Invitation(
          code: code.digest, device: try DeviceID(id), profile: profile, expires: rig.clock.now + days * day)),
      by: .administrator("admin"))
    return code
  }

  private func issued(_ outcome: ESTOutcome) throws -> CertificateRecord {
    guard case .issued(let record) = outcome else { throw ManagerError(.conflict, "\(outcome)") }
    return record
  }

  private func refusal(_ body: () async throws -> ESTOutcome) async -> String {
    do {
      return "\(try await body())"
    } catch let refusal as ESTRefusal {
      return refusal.name
    } catch {
      return "\(error)"
    }
  }

  /// A device with its first certificate.
  private func enrolled(
    _ id: String, _ key: SigningKey, by profile: EnrolmentProfile = .builtIn, authority: TestAuthority? = nil
  ) async throws
    -> CertificateRecord
  {
    let code = try await invite(id, profile: profile.name)
    return try issued(
      try await desk(profile, authority: authority).enrol(
        try estRequest(id, key), label: nil, code: code, from: "192.0.2.1"))
  }

  /// As the store has it now.
  private func stored(_ record: CertificateRecord) async throws -> CertificateRecord {
    try #require(try await ledger.store.certificate(record.id))
  }

  @Test("A code ends at its time, with its use, and when there is a newer one; each says so")
  func codes() async throws {
    let request = try estRequest("E1")
    func enrol(_ code: OneTimeCode?, _ request: [UInt8], label: String? = nil) async -> String {
      await refusal { try await desk().enrol(request, label: label, code: code, from: "192.0.2.1") }
    }
    let first = try await invite("E1")
    let second = try await invite("E1")
    #expect(await enrol(first, request) == "code-unknown")
    #expect(await enrol(second, try estRequest("E2")) == "serial-number-wrong")
    #expect(await enrol(second, request, label: "nothing") == "profile-unknown")
    // Invited by a code, it does not get in by approval.
    #expect(await enrol(nil, request) == "code-missing")
    rig.clock.advance(by: .seconds(86_400))
    #expect(await enrol(second, request) == "code-expired")
    #expect(rig.authority.sentCount == 0)
    let third = try await invite("E1")
    #expect(try await desk().enrol(request, label: nil, code: third, from: "192.0.2.1").isIssued)
    #expect(await enrol(third, try estRequest("E1")) == "code-used")
  }

  @Test(
    "The same request is the same certificate until it is due, then the next one; an ended certificate asks for none")
  func renewal() async throws {
    let key = SigningKey()
    let first = try await enrolled("E1", key)
    let request = try #require(try await ledger.store.order(first.orderID)).request
    func again() async throws -> CertificateRecord {
      try issued(try await desk().reenrol(request, label: nil, shown: try await stored(first)))
    }
    #expect(try await again().id == first.id)
    let life = first.notAfter.timeIntervalSince(first.notBefore)
    rig.clock.advance(by: .seconds(life * 0.6))
    #expect(try await again().id == first.id)
    rig.clock.advance(by: .seconds(life * 0.1))
    let second = try await again()
    #expect(second.id != first.id && second.key == first.key)
    #expect(try await stored(first).state == .active)
    rig.clock.advance(by: .seconds(life * 0.4))
    #expect(
      await refusal { try await desk().reenrol(request, label: nil, shown: try await stored(first)) }
        == "certificate-ended")
  }

  @Test("After its end a certificate serves for as long as the profile says, and a superseded one for nothing")
  func afterExpiry() async throws {
    var profile = EnrolmentProfile()
    (profile.name, profile.afterExpiryDays) = ("field", 7)
    let first = try await enrolled("E1", SigningKey(), by: profile)
    rig.clock.advance(by: .seconds(first.notAfter.timeIntervalSince(rig.clock.now) + 3 * day))
    let later = try TestAuthority(now: rig.clock.now)
    let next = try estRequest("E1")
    #expect(
      await refusal { try await desk(profile).reenrol(next, label: "device", shown: first) } == "profile-of-another")
    let second = try issued(
      try await desk(profile, authority: later).reenrol(next, label: nil, shown: try await stored(first)))
    #expect(second.id != first.id)
    // The new one is shown: the old one serves for nothing any more.
    _ = try await desk(profile, authority: later).reenrol(
      try estRequest("E1"), label: nil, shown: try await stored(second))
    #expect(
      await refusal {
        try await desk(profile).reenrol(try estRequest("E1"), label: nil, shown: try await stored(first))
      }
        == "certificate-superseded")
    let other = try await enrolled("E2", SigningKey(), by: profile, authority: later)
    rig.clock.advance(by: .seconds(8 * day + other.notAfter.timeIntervalSince(rig.clock.now)))
    #expect(
      await refusal { try await desk(profile).reenrol(try estRequest("E2"), label: nil, shown: other) }
        == "certificate-ended")
  }

  @Test("Re-enrolment keeps subject and names, whatever else the profile would let a first request ask for")
  func names() async throws {
    var profile = EnrolmentProfile()
    (profile.name, profile.commonName, profile.furtherNames, profile.domains) = ("cams", .free, 2, ["cams.example"])
    func request(_ name: String, _ names: [String]) throws -> [UInt8] {
      try CertificationRequest(
        subject: Subject(organization: "plant", serialNumber: "E1", commonName: name), dnsNames: names,
        key: SigningKey()
      ).derBytes
    }
    let code = try await invite("E1", profile: "cams")
    let first = try issued(
      try await desk(profile).enrol(
        try request("gate", ["a.cams.example"]), label: "cams", code: code, from: "192.0.2.1"))
    for other in [
      try request("door", ["a.cams.example"]), try request("gate", []), try request("gate", ["b.cams.example"]),
    ] {
      #expect(
        await refusal { try await desk(profile).reenrol(other, label: nil, shown: try await stored(first)) }
          == "subject-of-another-certificate")
    }
    let same = try request("gate", ["a.cams.example"])
    #expect(try await desk(profile).reenrol(same, label: nil, shown: try await stored(first)).isIssued)
  }

  @Test("A CA that needs time is asked again with the same order; its no, and a life too long, are told")
  func authority() async throws {
    let request = try estRequest("E1")
    let code = try await invite("E1")
    rig.authority.answer(.later(atLeast: .seconds(120), "busy"))
    guard case .later(120) = try await desk().enrol(request, label: nil, code: code, from: "192.0.2.1") else {
      Issue.record("not told to wait")
      return
    }
    #expect(try await desk().enrol(request, label: nil, code: code, from: "192.0.2.1").isIssued)
    #expect(rig.authority.sentCount == 2 && rig.authority.issuedCount == 1)
    rig.authority.answer(.refused("no"))
    let refused = try await invite("E2")
    #expect(
      await refusal {
        try await desk().enrol(try estRequest("E2"), label: nil, code: refused, from: "192.0.2.1")
      } == "authority-refused")
    var short = EnrolmentProfile()
    short.mostDays = 90
    let long = try await invite("E3")
    #expect(
      await refusal {
        try await desk(short).enrol(try estRequest("E3"), label: nil, code: long, from: "192.0.2.1")
      } == "certificate-unfit")
    #expect(try await ledger.store.device(try DeviceID("E3"))?.problem?.held == true)
  }

  @Test(
    "Keys of others, revoked keys, devices that were turned away and ways that are not allowed are refused for just that"
  )
  func refusals() async throws {
    let (old, new) = (SigningKey(), SigningKey())
    let first = try await enrolled("E1", old)
    let second = try issued(
      try await desk().reenrol(try estRequest("E1", new), label: nil, shown: try await stored(first)))
    let other = try await invite("E2")
    #expect(
      await refusal { try await desk().enrol(try estRequest("E2", new), label: nil, code: other, from: "192.0.2.1") }
        == "key-of-another")
    // Shown once, the second is in force; then the CA withdraws the first.
    _ = try await desk().reenrol(try estRequest("E1"), label: nil, shown: try await stored(second))
    let holder = Holder.device(try DeviceID("E1"))
    try await ledger.commit(.takeRevocation(first.id, holder, .keyCompromise), by: .authority)
    #expect(
      await refusal {
        try await desk().reenrol(try estRequest("E1", old), label: nil, shown: try await stored(second))
      } == "key-revoked")
    #expect(
      await refusal { try await desk().reenrol(try estRequest("E1"), label: nil, shown: nil) } == "certificate-required"
    )
    var codeOnly = EnrolmentProfile()
    codeOnly.ways = [.code]
    #expect(
      await refusal {
        try await desk(codeOnly).reenrol(try estRequest("E1"), label: nil, shown: try await stored(second))
      } == "way-not-allowed")
    #expect(
      await refusal { try await desk(codeOnly).enrol(try estRequest("E9"), label: nil, code: nil, from: "192.0.2.1") }
        == "code-missing")
    try await ledger.commit(.stepDevice(try DeviceID("E1"), .suspend), by: .administrator("admin"))
    #expect(
      await refusal {
        try await desk().reenrol(try estRequest("E1"), label: nil, shown: try await stored(second))
      } == "device-suspended")
    try await ledger.commit(.addDevice(try DeviceID("L1"), model: nil), by: .administrator("admin"))
    #expect(
      await refusal { try await desk().enrol(try estRequest("L1"), label: nil, code: nil, from: "192.0.2.1") }
        == "device-on-a-line")
    await #expect(throws: ManagerError(.conflict, "")) { try await invite("L1") }
    for id in ["P1", "P2"] {
      guard case .later = try await desk().enrol(try estRequest(id), label: nil, code: nil, from: "192.0.2.1") else {
        Issue.record("\(id) does not wait")
        return
      }
    }
    await #expect(throws: ManagerError(.overloaded, "")) {
      try await desk().enrol(try estRequest("P3"), label: nil, code: nil, from: "192.0.2.1")
    }
  }
}

extension ESTOutcome {
  fileprivate var isIssued: Bool {
    if case .issued = self { return true }
    return false
  }
}
