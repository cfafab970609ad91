import Crypto
import Foundation
import PKI
import SwiftASN1
import Testing
import X509

@Suite("Certificates: profiles, templates, lint and paths")
struct CertificateTests {
  let ca: TestAuthority

  init() throws { ca = try TestAuthority() }

  private func template(_ request: CertificationRequest, _ profile: CertificateProfile = .device) -> CertificateTemplate
  {
    CertificateTemplate(
      profile: profile, request: request, serialNumber: .random(), notBefore: noon, issuer: ca.issuing,
      pointers: pointers)
  }

  private let pointers = IssuerPointers(
    crl: "http://ca.test/1.crl", issuer: "http://ca.test/1.crt", ocsp: "http://ca.test/1")

  @Test("A template gives the same TBSCertificate whoever signs")
  func sameBytes() throws {
    let template = template(try deviceRequest())
    let draft = try template.certificate(signedBy: SigningKey())
    let final = try template.certificate(signedBy: ca.issuingKey)
    #expect(draft.tbsCertificateBytes == final.tbsCertificateBytes)
    #expect(draft.signature != final.signature)
    #expect(try final.der.count <= 600)
  }

  @Test("The subject in the certificate is the request's, byte for byte")
  func sameSubject() throws {
    let request = try deviceRequest()
    let certificate = try template(request).certificate(signedBy: ca.issuingKey)
    #expect(try certificate.der.firstRange(of: request.subject.derBytes) != nil)
  }

  @Test("A certificate ends with its issuer at the latest")
  func lifetime() throws {
    #expect(template(try deviceRequest()).notAfter == ca.issuing.notValidAfter)
  }

  @Test("Profiles refuse what they do not have a place for")
  func profiles() throws {
    let key = SigningKey()
    let nameless = try CertificationRequest(subject: Subject(commonName: "x"), key: key)
    #expect(throws: ProfileRefusal.subjectNotOfProfile) { try CertificateProfile.device.check(nameless) }
    #expect(throws: ProfileRefusal.subjectNotOfProfile) { try CertificateProfile.gateway.check(deviceRequest()) }
    let byAddress = try CertificationRequest(
      subject: Subject(serialNumber: "1", commonName: "x"), ipAddresses: [[1, 2, 3, 4]], key: key)
    #expect(throws: ProfileRefusal.namesNotOfProfile) { try CertificateProfile.device.check(byAddress) }
    #expect(throws: ProfileRefusal.namesNotOfProfile) { try CertificateProfile.server.check(nameless) }
    #expect(throws: Never.self) { try CertificateProfile.device.check(deviceRequest()) }
    #expect(throws: Never.self) { try CertificateProfile.gateway.check(nameless) }
  }

  @Test("Lint finds nothing in what a template makes, and everything in what it did not")
  func lint() throws {
    let good = try template(deviceRequest()).certificate(signedBy: SigningKey())
    #expect(try CertificateLint.findings(good, profile: .device, issuer: ca.issuing, pointers: pointers) == [])
    #expect(try CertificateLint.findings(good, profile: .device, issuer: ca.issuing).count == 2)
    // Its purpose, and the pointer to its issuer's certificate.
    #expect(try CertificateLint.findings(good, profile: .server, issuer: ca.issuing, pointers: pointers).count == 2)
    #expect(!(try CertificateLint.findings(ca.issuing, profile: .device, issuer: ca.issuing).isEmpty))
    let other = try TestAuthority()
    #expect(try CertificateLint.findings(good, profile: .device, issuer: other.issuing).isEmpty == false)
  }

  @Test("A path is accepted up to the anchor, for its purpose and within its dates")
  func goodPath() async throws {
    let leaf = try ca.issue(deviceRequest())
    let path = CertificatePath(anchors: [ca.anchor], purpose: .clientAuth)
    #expect(try await path.validate(leaf, intermediates: [ca.issuing], now: noon) == [leaf, ca.issuing])
    await #expect(throws: CertificatePathFault.pathNotTrusted) {
      try await path.validate(leaf, intermediates: [ca.issuing], now: noon - 1)
    }
    await #expect(throws: CertificatePathFault.pathNotTrusted) {
      try await path.validate(leaf, intermediates: [ca.issuing], now: noon + 86_400)
    }
    await #expect(throws: CertificatePathFault.pathNotTrusted) {
      try await path.validate(leaf, intermediates: [], now: noon)
    }
    let other = try TestAuthority()
    await #expect(throws: CertificatePathFault.pathNotTrusted) {
      try await path.validate(leaf, intermediates: [other.issuing], now: noon)
    }
    await #expect(throws: CertificatePathFault.purposeNotAllowed) {
      try await CertificatePath(anchors: [ca.anchor], purpose: .serverAuth).validate(
        leaf, intermediates: [ca.issuing], now: noon)
    }
    await #expect(throws: CertificatePathFault.notAnEndEntity) {
      try await CertificatePath(anchors: [ca.anchor], purpose: nil).validate(ca.issuing, intermediates: [], now: noon)
    }
  }

  @Test("No anchors trust nobody")
  func noAnchors() async throws {
    let leaf = try ca.issue(deviceRequest())
    await #expect(throws: CertificatePathFault.pathNotTrusted) {
      try await CertificatePath(anchors: [], purpose: nil).validate(leaf, intermediates: [ca.issuing], now: noon)
    }
  }

  @Test("A device's certificate cannot issue another one")
  func leafAsIssuer() async throws {
    let key = SigningKey()
    let leaf = try ca.issue(deviceRequest(key: key))
    let child = try CertificateTemplate(
      profile: .device, request: deviceRequest(serial: "SN-2"), serialNumber: .random(), notBefore: noon, issuer: leaf,
      pointers: nil
    ).certificate(signedBy: key)
    await #expect(throws: CertificatePathFault.pathNotTrusted) {
      try await CertificatePath(anchors: [ca.anchor], purpose: nil).validate(
        child, intermediates: [leaf, ca.issuing], now: noon)
    }
  }

  @Test("A bundle keeps its order, and its every prefix is refused")
  func bundle() throws {
    let certificates = [try ca.issue(deviceRequest()), ca.issuing]
    let bytes = try CertificateBundle.encode(certificates)
    #expect(try CertificateBundle.decode(bytes) == certificates)
    for count in bytes.indices {
      #expect(throws: PKIError.self, "\(count) bytes") { try CertificateBundle.decode(Array(bytes.prefix(count))) }
    }
    #expect(throws: PKIError.self) { try CertificateBundle.decode(bytes + [0]) }
  }
}
