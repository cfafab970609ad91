import Foundation
import GRDB
import PKI
import Testing
import X509

@testable import MockCA

@Suite("OCSP")
struct OCSPTests {
  private func question(
    _ serial: [UInt8], _ ca: TestCA, hash: OCSPCertificateID.Hash = .sha1, nonce: [UInt8]? = nil
  ) throws -> [UInt8] {
    let issuer = try OCSPCertificateID.Issuer(ca.authority.issuing, hash: hash)
    return try OCSPRequest(
      certificates: [try OCSPCertificateID(issuer: issuer, serialNumber: serial)], nonce: nonce
    ).derBytes
  }

  private func prepared(_ ca: TestCA) async throws -> Int {
    try await ca.store.reader.read { database in
      try Int.fetchOne(database, sql: "SELECT count(*) FROM answer WHERE thisUpdate > 0") ?? 0
    }
  }

  @Test("All live certificates have an answer signed beforehand; it is given until it gets old, and then a new one")
  func beforehand() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let certificate = try await ca.registrar.issue(to: ra, deviceRequest())
    let serial = Array(certificate.serialNumber.bytes)
    let desk = try await ca.ocsp()
    // The registration authority's, the device's and the responder's own.
    #expect(try await desk.prepare(now: ca.clock.now) == 3)
    #expect(try await desk.prepare(now: ca.clock.now) == 0)
    let first = await desk.answer(try question(serial, ca))
    ca.clock.advance(by: 3_600)
    let again = await desk.answer(try question(serial, ca))
    #expect(again.der == first.der && again.validity?.from == first.validity?.from)
    // What it was not signed for is signed now.
    #expect(await desk.answer(try question(serial, ca, hash: .sha256)).validity?.from == ca.clock.now)
    #expect(await desk.answer(try question(serial, ca, nonce: randomBytes(16))).validity == nil)
    ca.clock.advance(by: 11 * 3_600)
    #expect(try await desk.prepare(now: ca.clock.now) == 3)
    #expect(await desk.answer(try question(serial, ca)).validity?.from == ca.clock.now)
    #expect(try await ca.ocsp().answer(try question(serial, ca)).validity?.from == ca.clock.now)
  }

  @Test("A revocation ends the answer that was signed beforehand, also one that is being signed")
  func revoked() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let certificate = try await ca.registrar.issue(to: ra, deviceRequest())
    let serial = Array(certificate.serialNumber.bytes)
    let desk = try await ca.ocsp()
    try await desk.prepare(now: ca.clock.now)
    let good = await desk.answer(try question(serial, ca)).der
    try await MockCA.revoke(serialNumber: serial.hexadecimal, directory: ca.directory, now: ca.clock.now)
    let bad = await desk.answer(try question(serial, ca)).der
    #expect(bad != good && bad.firstRange(of: revokedTag(at: ca.clock.now)) != nil)
    #expect(good.firstRange(of: revokedTag(at: ca.clock.now)) == nil)
    #expect(try await prepared(ca) == 2)
    // And has one signed beforehand in its place, which is given from then on.
    let at = ca.clock.now
    #expect(try await desk.prepare(now: at) == 1)
    #expect(try await prepared(ca) == 3)
    ca.clock.advance(by: 3_600)
    let reply = await desk.answer(try question(serial, ca))
    #expect(reply.validity?.from == at && reply.der.firstRange(of: revokedTag(at: at)) != nil)
  }

  @Test("What is revoked while its answer is being signed gets none that says 'good', and its own the next time")
  func overtaken() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let serial = Array(try await ca.registrar.issue(to: ra, deviceRequest()).serialNumber.bytes)
    let now = ca.clock.now
    let log = MeddlingLog(ca.store.log) { database in
      let order = try #require(try database.order(serial: serial))
      _ = try database.revoke(order, Revocation(), context: AuditContext(), now: now)
    }
    let signers = try await ca.ocsp().signers.withLock { $0 }
    let desk = try OCSPDesk(
      ca.authority, store: Store(reader: ca.store.reader, log: log), signers: signers, schedule: StatusSchedule(),
      now: { now })
    #expect(try await desk.prepare(now: now) == 2)
    #expect(await desk.answer(try question(serial, ca)).der.firstRange(of: revokedTag(at: now)) != nil)
    #expect(try await desk.prepare(now: now) == 1)
    #expect(await desk.answer(try question(serial, ca)).der.firstRange(of: revokedTag(at: now)) != nil)
  }

  @Test("A certificate that was reserved before the others and signed after them has its answer too")
  func late() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let (transaction, request) = (TransactionID.random(), try deviceRequest(serial: "LATE"))
    func ask(_ registrar: Registrar) async throws -> Result<Certificate, Refusal> {
      let message = CMCRequest(transaction: transaction, certificationRequest: request)
      return await registrar.handleFullCMC(try ra.order(message, at: ca.clock.now), profile: .device).1
    }
    let log = DyingLog(ca.store.log, death: .before, at: 3)
    let dying = TestCA.registrar(ca.authority, Store(reader: ca.store.reader, log: log), ca.clock)
    #expect(try await ask(dying) == .failure(.storeFailed))
    _ = try await ca.registrar.issue(to: ra, deviceRequest())
    let desk = try await ca.ocsp()
    try await desk.prepare(now: ca.clock.now)
    let serial = Array(try await ask(ca.registrar).get().serialNumber.bytes)
    let at = ca.clock.now
    #expect(try await desk.prepare(now: at) == 1)
    ca.clock.advance(by: 60)
    #expect(await desk.answer(try question(serial, ca)).validity?.from == at)
  }

  @Test("Certificates of an issuer that nobody signs for are left alone, however many", .timeLimit(.minutes(1)))
  func withoutSigner() async throws {
    let ca = try TestCA()
    _ = try await ca.makeRA()
    try await ca.store.log.write { database in
      for number in 1...1_100 {
        let serial = Data("serial \(number)".utf8)
        try database.execute(
          sql: """
            INSERT INTO certificate SELECT ?, profile, authority, ?, request, requestDigest, keyDigest, subject, notBefore,
              reservedAt, tbs, der, issuedAt, revokedAt, 7, notAfter FROM certificate WHERE profile = 'ra' LIMIT 1
            """, arguments: [serial, Data("transaction \(number)".utf8)])
        try database.awaitAnswer(serial: Array(serial))
      }
    }
    let desk = try await ca.ocsp()
    // The registration authority's and the responder's own, although all the others are before them.
    #expect(try await desk.prepare(now: ca.clock.now) == 2)
    desk.signers.withLock { $0 = [:] }
    ca.clock.advance(by: 86_400)
    #expect(try await desk.prepare(now: ca.clock.now) == 0)
  }

  /// The beginning of RevokedInfo.
  private func revokedTag(at date: Date) -> [UInt8] {
    let time = date.ISO8601Format(.iso8601.year().month().day().time(includingFractionalSeconds: false))
    return [0xA1, 0x11, 0x18, 0x0F] + Array(time.filter(\.isNumber).utf8) + [UInt8(ascii: "Z")]
  }

  @Test("Whatever is no request is 'malformed', and never a crash: every prefix, every byte changed")
  func malformed() async throws {
    let ca = try TestCA()
    let desk = try await ca.ocsp()
    let good = try question([0x41], ca, nonce: randomBytes(16))
    for count in good.indices {
      #expect(await desk.answer(Array(good.prefix(count))).der == OCSPFailure.malformedRequest.derBytes)
    }
    for index in good.indices {
      for change: UInt8 in [0x01, 0x80] {
        var bad = good
        bad[index] ^= change
        let answer = await desk.answer(bad)
        #expect(answer.der.first == 0x30)
      }
    }
    let long = try question([0x41], ca, nonce: randomBytes(PKILimits.ocspNonceBytes + 1))
    #expect(await desk.answer(long).der == OCSPFailure.malformedRequest.derBytes)
    #expect(await desk.answer(good + [0]).der == OCSPFailure.malformedRequest.derBytes)
  }

  @Test("One answer is one issuer's: another CA's certificate is 'unauthorized', alone or beside one of ours")
  func unauthorized() async throws {
    let ca = try TestCA()
    let desk = try await ca.ocsp()
    let foreign = try question([0x41], TestCA())
    #expect(await desk.answer(foreign).der == OCSPFailure.unauthorized.derBytes)
    let ids = try [ca.authority.issuing, TestCA().authority.issuing].map {
      try OCSPCertificateID(issuer: .init($0, hash: .sha256), serialNumber: [0x41])
    }
    let both = try OCSPRequest(certificates: ids).derBytes
    #expect(await desk.answer(both).der == OCSPFailure.unauthorized.derBytes)
    let twice = try OCSPRequest(certificates: [ids[0], ids[0]]).derBytes
    #expect(await desk.answer(twice).validity != nil)
    let many = try OCSPRequest(
      certificates: Array(repeating: ids[0], count: PKILimits.ocspRequests + 1)
    ).derBytes
    #expect(await desk.answer(many).der == OCSPFailure.malformedRequest.derBytes)
  }

  @Test("A responder's certificate is replaced in time, and the answers that the old one signed stay good")
  func responders() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let serial = Array(ra.certificate.serialNumber.bytes)
    let desk = try await ca.ocsp()
    ca.clock.advance(by: 16 * 86_400)
    try await desk.prepare(now: ca.clock.now)
    let old = await desk.answer(try question(serial, ca)).der
    try await desk.renewSigners(ca.registrar.issuer, now: ca.clock.now)
    let fresh = try #require(desk.signers.withLock { $0[1] }).identity.certificate
    #expect(fresh.notValidAfter > ca.clock.now + 29 * 86_400)
    #expect(await desk.answer(try question(serial, ca)).der == old)
    ca.clock.advance(by: 86_400)
    try await desk.prepare(now: ca.clock.now)
    let new = await desk.answer(try question(serial, ca)).der
    let certificate = try fresh.der
    #expect(new != old && new.firstRange(of: certificate) != nil)
  }

  @Test("It is asked by GET and by POST, answers may be kept for a minute, and other paths and methods are refused")
  func overHTTP() async throws {
    let ca = try TestCA()
    let ra = try await ca.makeRA()
    let clock = ca.clock
    let question = try question(Array(ra.certificate.serialNumber.bytes), ca, hash: .sha256)
    try await TestServer.run(ca.directory, now: { clock.now }) { server in
      let posted = try await server.status("1", asking: question)
      #expect(posted.status == 200 && posted.headers["content-type"] == "application/ocsp-response")
      #expect(posted.headers["cache-control"] == "no-store")
      let plain = CharacterSet.alphanumerics
      for allowed in [plain, CharacterSet.urlPathAllowed] {
        let text = Data(question).base64EncodedString().addingPercentEncoding(withAllowedCharacters: allowed)
        let got = try await server.status("1/" + #require(text))
        #expect(got.status == 200 && got.body.starts(with: posted.body.prefix(2)))
        #expect(got.headers["content-type"] == "application/ocsp-response")
        #expect(got.headers["cache-control"] == "max-age=60" && got.headers["last-modified"]?.hasSuffix("GMT") == true)
      }
      #expect(try await server.status("1/@@@").body == OCSPFailure.malformedRequest.derBytes)
      #expect(
        try await server.status("1", asking: Array(repeating: 0, count: 4_000)).body
          == OCSPFailure.malformedRequest.derBytes)
      let list = try await server.status("1.crl")
      #expect(list.status == 200 && list.headers["content-type"] == "application/pkix-crl")
      let tag = try #require(list.headers["etag"])
      #expect(try await server.status("1.crl", headers: [("If-None-Match", tag)]).status == 304)
      #expect(try await server.status("1.crt").body == ca.authority.issuing.der)
      #expect(try await server.status("0.crt").body == ca.authority.anchor.der)
      for nothing in [
        "2.crl", "0d.crl", "x.crl", "1.crl.crl", "1d.crt", ".crl", "d.crl", "-1.crl", "99999999999999999999.crl",
      ] {
        #expect(try await server.status(nothing).status == 404, "\(nothing)")
      }
    }
  }
}
