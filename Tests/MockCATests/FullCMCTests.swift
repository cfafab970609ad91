import Crypto
import Foundation
import PKI
import Testing
import X509

@testable import MockCA

@Suite("Orders of registration authorities")
struct FullCMCTests {
  @Test("An order brings a device certificate with the request's names and the profile's extensions")
  func issued() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let key = SigningKey()
    let request = try deviceRequest(key: key)
    let (reference, result) = await ca.registrar.handleFullCMC(
      try ra.order(request, at: ca.clock.now), profile: .device)
    let certificate = try result.get()
    #expect(reference.success?.status == .success)
    #expect(certificate.publicKey == Certificate.PublicKey(key.publicKey))
    #expect(try Subject(certificate.subject).derBytes == request.subject.derBytes)
    #expect(try certificate.extensions.subjectAlternativeNames.map(Array.init) == [.dnsName("sn-1.plant.test")])
    #expect(try certificate.extensions.extendedKeyUsage.map(Array.init) == [.clientAuth])
    #expect(try certificate.extensions.keyUsage == KeyUsage(digitalSignature: true))
    #expect(certificate.notValidBefore < ca.clock.now)
    // What a device stores, and what fits its enrolment into 2 KB on the line.
    #expect(try certificate.der.count <= 600)
    #expect(try ca.authority.issuing.der.count <= 480)
  }

  @Test("The same order again, with a fresh nonce, gets the same certificate; another body is refused")
  func transactions() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let transaction = TransactionID.random()
    let request = try deviceRequest()
    func ask(_ request: CertificationRequest, _ profile: CertificateProfile = .device) async throws -> Result<
      Certificate, Refusal
    > {
      let message = CMCRequest(transaction: transaction, certificationRequest: request)
      return await ca.registrar.handleFullCMC(try ra.order(message, at: ca.clock.now), profile: profile).1
    }
    let first = try await ask(request).get()
    #expect(try await ask(request).get() == first)
    #expect(try await ask(deviceRequest(serial: "SN-2")) == .failure(.transactionReused))
    #expect(try await ask(request, .gateway) != .success(first))
    #expect(try await ask(request).get() == first)
  }

  @Test("Two registration authorities may use the same transaction identifier")
  func transactionsAreTheAuthoritys() async throws {
    let ca = try TestCA()
    let (one, two) = (try await ca.makeRA(), try await ca.makeRA())
    let transaction = TransactionID.random()
    for (ra, serial) in [(one, "SN-1"), (two, "SN-2")] {
      let message = CMCRequest(transaction: transaction, certificationRequest: try deviceRequest(serial: serial))
      let (_, result) = await ca.registrar.handleFullCMC(try ra.order(message, at: ca.clock.now), profile: .device)
      #expect(throws: Never.self) { try result.get() }
    }
  }

  @Test("A message sent twice is refused as a replay, also when its content was refused")
  func replay() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let good = try ra.order(deviceRequest(), at: ca.clock.now)
    _ = try await ca.registrar.handleFullCMC(good, profile: .device).1.get()
    #expect(await ca.registrar.handleFullCMC(good, profile: .device).1 == .failure(.nonceReplayed))
    let bad = try ra.order(CertificationRequest(subject: Subject(commonName: "x"), key: SigningKey()), at: ca.clock.now)
    #expect(await ca.registrar.handleFullCMC(bad, profile: .device).1 == .failure(.profile(.subjectNotOfProfile)))
    #expect(await ca.registrar.handleFullCMC(bad, profile: .device).1 == .failure(.nonceReplayed))
    #expect(try await ca.refusals() == ["nonce-replayed", "subject-not-of-profile", "nonce-replayed"])
  }

  @Test("Nonces are remembered as long as their messages' signing times are accepted")
  func nonceLife() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let future = try ra.order(deviceRequest(), at: ca.clock.now + 300)
    _ = try await ca.registrar.handleFullCMC(future, profile: .device).1.get()
    ca.clock.advance(by: 600)
    #expect(await ca.registrar.handleFullCMC(future, profile: .device).1 == .failure(.nonceReplayed))
    ca.clock.advance(by: 1)
    #expect(await ca.registrar.handleFullCMC(future, profile: .device).1 == .failure(.message(.signingTimeOff)))
  }

  @Test("Unknown, revoked and expired registration authorities are refused, each by its reason")
  func authorities() async throws {
    let ca = try TestCA()
    let other = try TestCA()
    let (ra, foreign) = (try await ca.makeRA(), try await other.makeRA())
    let stranger = try foreign.order(deviceRequest(), at: ca.clock.now)
    #expect(await ca.registrar.handleFullCMC(stranger, profile: .device).1 == .failure(.authorityUnknown))

    // Another key under the name and serial number of a known authority.
    let impostor = TestRA(key: SigningKey(), certificate: ra.certificate, authority: ca.authority)
    let forged = try impostor.order(deviceRequest(), at: ca.clock.now)
    #expect(await ca.registrar.handleFullCMC(forged, profile: .device).1 == .failure(.message(.signatureInvalid)))

    try await MockCA.revoke(
      serialNumber: ra.certificate.serialNumber.hexadecimal, directory: ca.directory, now: ca.clock.now)
    let revoked = try ra.order(deviceRequest(), at: ca.clock.now)
    #expect(await ca.registrar.handleFullCMC(revoked, profile: .device).1 == .failure(.authorityRevoked))

    let second = try await ca.makeRA()
    ca.clock.advance(by: CertificateProfile.registrationAuthority.lifetime + 1)
    let late = try second.order(deviceRequest(), at: ca.clock.now)
    #expect(await ca.registrar.handleFullCMC(late, profile: .device).1 == .failure(.authorityExpired))
    #expect(
      try await ca.refusals() == [
        "authority-unknown", "signature-invalid", "authority-revoked", "authority-expired",
      ])
  }

  @Test("A device's certificate does not make its holder a registration authority")
  func deviceIsNoAuthority() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let key = SigningKey()
    let certificate = try await ca.registrar.handleFullCMC(
      try ra.order(deviceRequest(key: key), at: ca.clock.now), profile: .device
    ).1.get()
    let device = TestRA(key: key, certificate: certificate, authority: ca.authority)
    let order = try device.order(deviceRequest(serial: "SN-2"), at: ca.clock.now)
    #expect(await ca.registrar.handleFullCMC(order, profile: .device).1 == .failure(.authorityUnknown))
  }

  @Test("A key is certified for one subject only, never for two purposes, never after a revocation, never the CA's own")
  func keys() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let key = SigningKey()
    func ask(_ request: CertificationRequest, _ profile: CertificateProfile = .device) async throws -> Result<
      Certificate, Refusal
    > {
      await ca.registrar.handleFullCMC(try ra.order(request, at: ca.clock.now), profile: profile).1
    }
    let first = try await ask(deviceRequest(key: key)).get()
    #expect(try await ask(deviceRequest(key: key, serial: "SN-2")) == .failure(.keyOfAnotherSubject))
    #expect(try await ask(deviceRequest(key: key, network: "other")) == .failure(.keyOfAnotherSubject))
    let gateway = try CertificationRequest(subject: Subject(commonName: "SN-1"), key: key)
    #expect(try await ask(gateway, .gateway) == .failure(.keyOfAnotherSubject))
    let again = try await ask(deviceRequest(key: key)).get()
    #expect(again.serialNumber != first.serialNumber)
    try await MockCA.revoke(
      serialNumber: first.serialNumber.hexadecimal, directory: ca.directory, now: ca.clock.now)
    #expect(try await ask(deviceRequest(key: key)) == .failure(.keyRevoked))
    #expect(try await ask(deviceRequest(key: ca.authority.key)) == .failure(.keyOfAuthority))
  }

  @Test("A revoked certificate is not handed out again")
  func revokedOrder() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let (transaction, request) = (TransactionID.random(), try deviceRequest())
    func ask() async throws -> Result<Certificate, Refusal> {
      let message = CMCRequest(transaction: transaction, certificationRequest: request)
      return await ca.registrar.handleFullCMC(try ra.order(message, at: ca.clock.now), profile: .device).1
    }
    let certificate = try await ask().get()
    try await MockCA.revoke(
      serialNumber: certificate.serialNumber.hexadecimal, directory: ca.directory, now: ca.clock.now)
    #expect(try await ask() == .failure(.certificateRevoked))
  }

  @Test("A device's request without possession of its key is refused, however well the order is signed")
  func possession() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    var request = try deviceRequest().derBytes
    request[request.count - 1] ^= 1
    let message = try ra.order(unchecked: request, at: ca.clock.now)
    #expect(
      await ca.registrar.handleFullCMC(message, profile: .device).1 == .failure(.request(.possessionNotProven)))
    #expect(try await ca.refusals() == ["possession-not-proven"])
  }

  @Test("Concurrent repetitions of one order make one certificate")
  func concurrency() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let (transaction, request) = (TransactionID.random(), try deviceRequest())
    let messages = try (0..<16).map { _ in
      try ra.order(CMCRequest(transaction: transaction, certificationRequest: request), at: ca.clock.now)
    }
    let registrar = ca.registrar
    let certificates = try await withThrowingTaskGroup { group in
      for message in messages {
        group.addTask { try await registrar.handleFullCMC(message, profile: .device).1.get() }
      }
      return try await group.reduce(into: Set<Certificate>()) { $0.insert($1) }
    }
    #expect(certificates.count == 1)
    #expect(try await ca.store.auditRows().count { $0.event == "issued" && $0.profile == "device" } == 1)
  }

  @Test("Gateways and servers get their own purposes; a server needs a name")
  func otherProfiles() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let gateway = try CertificationRequest(subject: Subject(commonName: "hall-3"), key: SigningKey())
    let issued = try await ca.registrar.handleFullCMC(ra.order(gateway, at: ca.clock.now), profile: .gateway).1.get()
    #expect(try issued.extensions.extendedKeyUsage.map(Array.init) == [.clientAuth])
    let server = try CertificationRequest(
      subject: Subject(commonName: "manager"), dnsNames: ["manager.test"], ipAddresses: [[127, 0, 0, 1]],
      key: SigningKey())
    let served = try await ca.registrar.handleFullCMC(ra.order(server, at: ca.clock.now), profile: .server).1.get()
    #expect(try served.extensions.extendedKeyUsage.map(Array.init) == [.serverAuth])
    #expect(try served.extensions.subjectAlternativeNames?.count == 2)
    let nameless = try CertificationRequest(subject: Subject(commonName: "manager"), key: SigningKey())
    #expect(
      await ca.registrar.handleFullCMC(try ra.order(nameless, at: ca.clock.now), profile: .server).1
        == .failure(.profile(.namesNotOfProfile)))
  }

  @Test("Garbage is refused with a reason and an audit row")
  func garbage() async throws {
    let ca = try TestCA()
    let (_, result) = await ca.registrar.handleFullCMC([0x30, 0x00], profile: .device)
    #expect(result == .failure(.message(.messageMalformed)))
    #expect(try await ca.refusals() == ["message-malformed"])
  }
}
