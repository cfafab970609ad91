import Foundation
import PKI
import TestKit
import Testing

@testable import Manager

@Suite("Enrolment profiles")
struct ProfileTests {
  private static let camera = """
    profiles:
      camera:
        version: 3
        label: device
        subject: {organization: Works, commonName: free}
        names: {own: optional, further: 2, under: [cams.example], addresses: 1}
        overridden: [keyUsage]
        keys: [P-256]
        life: {mostDays: 90}
        renewal: {share: 0.5}
        enrol: [code, certificate]
        afterExpiryDays: 7
        serverKeyGeneration: false
    """

  private let policy = EnrolmentPolicy(network: "plant", nameSuffix: "plant.example")

  private func request(
    _ organization: String = "Works", _ name: String = "anything", names: [String] = [], addresses: [[UInt8]] = []
  ) throws -> [UInt8] {
    try CertificationRequest(
      subject: Subject(organization: organization, serialNumber: "C1", commonName: name), dnsNames: names,
      ipAddresses: addresses, key: SigningKey()
    ).derBytes
  }

  @Test("A profile is read whole, and what it leaves out is as it was without profiles")
  func read() throws {
    let document = ProfileDocument(Self.camera)
    #expect(document.faults.isEmpty, "\(document.faults)")
    let profile = try #require(document.profiles.first)
    var expected = EnrolmentProfile()
    (expected.name, expected.version, expected.organization, expected.commonName) = ("camera", 3, "Works", .free)
    (expected.ownName, expected.furtherNames, expected.domains, expected.addresses) = (
      .optional, 2, ["cams.example"], 1
    )
    (expected.overridden, expected.mostDays, expected.renewalShare) = ([.keyUsage], 90, 0.5)
    (expected.ways, expected.afterExpiryDays) = ([.code, .certificate], 7)
    #expect(profile == expected)
    #expect(ProfileDocument("profiles: {device: {version: 1}}").profiles == [.builtIn])
  }

  @Test("What a request may choose, it may, and nothing besides")
  func judged() throws {
    let profile = try #require(ProfileDocument(Self.camera).profiles.first)
    let good = [
      try request(), try request(names: ["c1.plant.example"]), try request(addresses: [[10, 0, 0, 1]]),
      try request(names: ["a.cams.example", "c1.plant.example", "b.cams.example"]),
    ]
    for bytes in good { #expect(try profile.check(bytes, policy: policy).device.text == "C1") }
    for (bytes, reason) in [
      (try request("plant"), "network-wrong"),
      (try request(names: ["c2.plant.example"]), "names-not-allowed"),
      (try request(names: ["a.cams.example", "b.cams.example", "c.cams.example"]), "names-not-allowed"),
      (try request(addresses: [[10, 0, 0, 1], [10, 0, 0, 2]]), "names-not-allowed"),
      ([0x30], "request-malformed"),
    ] {
      let refusal = #expect(throws: RequestRefusal.self) { try profile.check(bytes, policy: policy) }
      #expect(refusal?.reason == reason)
    }
    #expect(
      throws: RequestRefusal(reason: "serial-number-wrong", sentence: "The subject's serialNumber or CN is not 'X'.")
    ) {
      try profile.check(good[0], device: try DeviceID("X"), policy: policy)
    }
  }

  @Test(
    "Each fault is told with its line and key, and none hides another",
    arguments: [
      ("    version: 0", 3, "profiles.p.version"), ("    version: 1\n    colour: red", 4, "profiles.p.colour"),
      ("    label: device", 3, "profiles.p.version"), ("    version: 1\n    enrol: [letter]", 4, "profiles.p.enrol"),
      ("    version: 1\n    enrol: []", 4, "profiles.p.enrol"),
      ("    version: 1\n    keys: [RSA]", 4, "profiles.p.keys"),
      ("    version: 1\n    names: {further: 1}", 4, "profiles.p.names.under"),
      ("    version: 1\n    renewal: {share: 1.5}", 4, "profiles.p.renewal.share"),
      ("    version: 1\n    serverKeyGeneration: true", 4, "profiles.p.serverKeyGeneration"),
      ("    version: 1\n    life:\n      mostDays: never", 5, "profiles.p.life.mostDays"),
    ])
  func faults(_ text: String, _ line: Int, _ key: String) throws {
    let document = ProfileDocument("profiles:\n  p:\n\(text)\n  good:\n    version: 1\n  Bad:\n    version: 1\n")
    #expect(document.profiles.map(\.name) == ["good"])
    #expect(document.faults.count == 2, "\(document.faults)")
    #expect(document.faults.first?.key == key)
    #expect(document.faults.first?.line == line)
  }

  @Test("The command is a dry run with stable exit statuses, and a manager refuses a file with faults")
  func command() throws {
    let folder = try TemporaryFolder()
    let owner = try OwnerDesk("\(folder.path)/owner")
    func write(_ name: String, _ text: some Sequence<UInt8>) throws -> String {
      let path = "\(folder.path)/\(name)"
      try Data(text).write(to: URL(filePath: path))
      return path
    }
    let good = try write("good.yaml", Self.camera.utf8)
    let bad = try write("bad.yaml", "profiles:\n  p: {version: x}\n".utf8)
    let fits = try write("fits.csr", try request())
    let foreign = try write("foreign.csr", try request("other"))
    let said = try owner.muster("profile", "check", good, "--csr", fits, "--network", "plant", "--json")
    let check = try JSONDecoder().decode(ProfileCheck.self, from: Data(said))
    #expect(check.verdicts.map(\.ordered) == [true] && check.verdicts.first?.device == "C1")
    for arguments in [[bad], [good, "--csr", foreign, "--network", "plant"], ["\(folder.path)/none"]] {
      #expect(throws: (any Error).self) { try owner.muster(["profile", "check"] + arguments) }
    }
    let error = #expect(throws: ManagerError(.configuration, "")) {
      try EnrolmentProfiles(files: [good, bad], connector: .fullCMC)
    }
    #expect(error?.reason.contains("bad.yaml:2: profiles.p.version") == true)
  }
}
