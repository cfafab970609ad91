import PKI
import SwiftASN1
import Testing
import X509

@testable import MockCA

@Suite("ca.yaml")
struct SettingsTests {
  private let document = CASettings.document(url: "http://ca.example:8542")

  private func settings(_ text: String, for other: String) throws(MockCAError) -> CASettings {
    try CASettings(yaml: document.replacing(text, with: other), file: "ca.yaml")
  }

  @Test("What 'init' writes has the profiles of PKI, and requests may ask in vain for what every tool asks for")
  func defaults() throws {
    let profiles = try CASettings(yaml: document, file: "ca.yaml").profiles.mapValues { issued in
      var profile = issued.profile
      if profile != .registrationAuthority { #expect(profile.overridden == Set(OverriddenExtension.allCases)) }
      profile.overridden = []
      return profile
    }
    let known = [CertificateProfile.device, .gateway, .server, .registrationAuthority]
    #expect(profiles == Dictionary(uniqueKeysWithValues: known.map { ($0.name, $0) }))
  }

  @Test("Every mistake is refused with its place: no rule is silently one that is not there")
  func mistakes() {
    for (text, other, words) in [
      ("dnsNames: { most: 4 }", "dnsNames: { mots: 4 }", "device.dnsNames.mots"),
      ("    days: 365", "    dyas: 365", "device.dyas"), ("days: 90", "days: 0", "gateway.days"),
      ("days: 90", "days: soon", "profiles.gateway.days"), ("[clientAuth]", "[cmcRA]", "cmcRA"),
      ("[serverAuth]", "[1.3.6.1.5.5.7.3.28]", "1.3.6.1.5.5.7.3.28"), ("[serverAuth]", "[2.5.29.37.0]", "2.5.29.37.0"),
      ("[serverAuth]", "[1.3.6.1.5.5.7.3.9]", "extendedKeyUsage"), ("[serverAuth]", "[]", "extendedKeyUsage"),
      ("[digitalSignature]", "[keyCertSign]", "keyCertSign"),
      ("[digitalSignature]", "[keyAgreement]", "digitalSignature"),
      ("pointers: [crl, ocsp]", "pointers: [crl, ldap]", "ldap"),
      ("required: [CN]", "required: [C]", ".subject' does not know 'C'"),
      ("required: [CN]", "required: []", ".subject' requires nothing"),
      ("{ most: 8 }", "{ least: 9, most: 8 }", "least"),
      ("{ most: 8 }", "{ most: 8, under: [A.test] }", "under"),
      ("ipAddresses: { most: 8 }", "ipAddresses: { most: 8, under: [plant.test] }", "server.ipAddresses.under"),
      ("  gateway:", "  ra:", "'ra'"),
      ("  gateway:", "  Gate way:", "Gate way"), ("url: http:", "url: https:", "url"), (":8542", ":8542/", "url"),
      ("url: http", "url: ftp", "url"), ("profiles:", "profile:", "profile"), ("profiles:", "profiles: {", "YAML"),
      ("days: 90", "policies: [1.2.x]\n    days: 90", "1.2.x"),
      ("days: 90", "policies: [4.1.2]\n    days: 90", "4.1.2"),
    ] {
      do throws(MockCAError) {
        _ = try settings(text, for: other)
        Issue.record("\(other) was accepted")
      } catch {
        #expect(error.code == .settings && error.reason.contains(words), "\(other): \(error.reason)")
      }
    }
  }

  @Test("Policies, purposes by number, a fixed organization and domains get from the file into a certificate")
  func filled() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let text = document.replacing("  gateway:", with: Self.meter + "  gateway:")
    let profile = try #require(try CASettings(yaml: text, file: "ca.yaml").profiles["meter"])
    func order(_ network: String, _ name: String) async throws -> Result<CMCOutcome, Refusal> {
      let request = try CertificationRequest(
        subject: Subject(organization: network, commonName: "m"), dnsNames: [name], key: SigningKey())
      return await ca.registrar.handle(try ra.order(request, at: ca.clock.now), profile: profile).1
    }
    #expect(try await order("other", "m.plant.test") == .failure(.profile(.subjectOfAnother)))
    #expect(try await order("plant", "m.plant.example") == .failure(.profile(.nameOfAnotherDomain)))
    guard case .issued(let certificate) = try await order("plant", "m.plant.test").get() else { return }
    #expect(try certificate.extensions.keyUsage == KeyUsage(digitalSignature: true, keyAgreement: true))
    #expect(try certificate.extensions.extendedKeyUsage?.count == 2)
    #expect(certificate.extensions[oid: [2, 5, 29, 32]] != nil && certificate.extensions[oid: [2, 5, 29, 31]] == nil)
    #expect(try certificate.extensions.authorityInformationAccess?.count == 1)
    #expect(certificate.notValidAfter.timeIntervalSince(certificate.notValidBefore) == 10 * 86_400)
  }

  private static let meter = """
      meter:
        subject: { required: [O, CN], fixed: { O: plant } }
        dnsNames: { least: 1, most: 1, under: [plant.test] }
        keyUsage: [digitalSignature, keyAgreement]
        extendedKeyUsage: [1.3.6.1.4.1.99999.1, clientAuth]
        policies: [1.3.6.1.4.1.99999.2]
        pointers: [ocsp]
        days: 10

    """
}
