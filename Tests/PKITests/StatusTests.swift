import Crypto
import Foundation
import SwiftASN1
import TestKit
import Testing
import X509

@testable import PKI

@Suite("CRLs and OCSP: the bytes")
struct StatusTests {
  let ca: TestAuthority

  init() throws { ca = try TestAuthority() }

  @Test("Our calendar is Foundation's, on every day from 1950 to 2110 and in the seconds around midnight")
  func calendar() {
    var foundation = Calendar(identifier: .gregorian)
    foundation.timeZone = .gmt
    for day in -7_305..<51_135 {
      for second in [0, 1, 86_399] {
        let date = Date(timeIntervalSince1970: Double(day * 86_400 + second))
        let moment = CalendarMoment(date)
        #expect(moment.date == date)
        #expect((moment.hours, moment.minutes, moment.seconds) == (second / 3_600, second / 60 % 60, second % 60))
        guard second == 0, day % 7 == 0 || day > 19_000 && day < 20_500 else { continue }
        let parts = foundation.dateComponents([.year, .month, .day], from: date)
        #expect(moment.year == parts.year && moment.month == parts.month && moment.day == parts.day, "day \(day)")
      }
    }
  }

  @Test("The DER header of long content has the length in as few bytes as possible")
  func headers() {
    #expect(derHeader(0x30, count: 0x7F) == [0x30, 0x7F])
    #expect(derHeader(0x30, count: 0x80) == [0x30, 0x81, 0x80])
    #expect(derHeader(0x30, count: 0x100) == [0x30, 0x82, 0x01, 0x00])
    #expect(derHeader(0x30, count: 0x1_0000) == [0x30, 0x83, 0x01, 0x00, 0x00])
  }

  @Test("A list is made again from template, entries and signature; another entry, date or number breaks the signature")
  func list() throws {
    let entry = try CRLEntry.encode(serialNumber: [0x41, 2], date: noon, reason: .keyCompromise)
    func template(_ number: Int64 = 7, base: Int64? = nil, at date: Date = noon) -> CRLTemplate {
      CRLTemplate(
        issuer: ca.issuing, number: number, base: base, thisUpdate: date, nextUpdate: date + 60,
        deltaURL: "http://ca.test/1d.crl")
    }
    let signature = try template().signature(over: entry, key: ca.issuingKey)
    #expect(template().verifies(signature, entries: entry))
    #expect(!template().verifies(signature, entries: []))
    #expect(!template().verifies(signature, entries: entry + entry))
    #expect(!template(8).verifies(signature, entries: entry))
    #expect(!template(at: noon + 1).verifies(signature, entries: entry))
    #expect(!template(base: 6).verifies(signature, entries: entry))
    let list = try template().list(entries: entry, signature: signature)
    #expect(try DER.parse(list).encodedBytes.count == list.count)
    #expect(list.firstRange(of: entry) != nil)
  }

  @Test("A revocation is read as it was written; a change anywhere in the signed content is refused")
  func revocation() throws {
    let certificate = try ca.issue(deviceRequest())
    let request = try CMCRevocation(
      transaction: .random(), certificate: certificate, reason: .cessationOfOperation, comment: "Größe")
    let message = try request.signed(with: ca.authorityKey, certificate: ca.authority, at: noon)
    let read = try UnverifiedCMCRequest(message)
    #expect(try read.verifiedContent(by: ca.authority, now: noon) == .revocation(request))
    #expect(throws: CMCFault.controlsNotAllowed) { try read.verified(by: ca.authority, now: noon) }
    let content = try #require(message.firstRange(of: Array("Größe".utf8)))
    var changed = message
    changed[content.lowerBound] ^= 1
    #expect(throws: CMCFault.digestMismatch) { try UnverifiedCMCRequest(changed) }
    for count in stride(from: 0, to: message.count, by: 7) {
      #expect(throws: CMCFault.self) { try UnverifiedCMCRequest(Array(message.prefix(count))) }
    }
  }

  @Test("A message that orders and revokes, or does neither, or gives a reason that is none, is malformed")
  func shapes() throws {
    let certificate = try ca.issue(deviceRequest())
    let good = RevokeRequest(
      issuer: try certificate.issuer.derBytes(), serialNumber: Array(certificate.serialNumber.bytes),
      reason: .superseded, comment: nil)
    func message(_ control: RevokeRequest?, with request: [UInt8]? = nil) throws -> [UInt8] {
      let content = try derBytes { coder in
        try coder.sequence { coder in
          _ = try ControlSequence(transaction: .random(), senderNonce: randomBytes(16), revocation: control).serialize(
            into: &coder)
          try coder.sequence { requests in
            guard let request else { return }
            try requests.appendConstructedNode(identifier: .context(0)) { coder in
              try coder.serialize(9)
              coder.serializeRawBytes(request)
            }
          }
          for _ in 0..<2 { coder.sequence { _ in } }
        }
      }
      return try SignedData.sign(
        content, type: OID.pkiData, certificate: ca.authority, key: ca.authorityKey, at: noon)
    }
    #expect(throws: Never.self) { try UnverifiedCMCRequest(message(good)) }
    #expect(throws: CMCFault.messageMalformed) {
      try UnverifiedCMCRequest(message(good, with: deviceRequest().derBytes))
    }
    #expect(throws: CMCFault.messageMalformed) { try UnverifiedCMCRequest(message(nil)) }
    let long = RevokeRequest(
      issuer: good.issuer, serialNumber: good.serialNumber, reason: .superseded,
      comment: String(repeating: "x", count: PKILimits.revocationCommentCharacters + 1))
    #expect(throws: CMCFault.messageMalformed) { try UnverifiedCMCRequest(message(long)) }
  }

  @Test("An OCSP request is read as it was written, with and without a nonce")
  func ocspRequest() throws {
    for hash in OCSPCertificateID.Hash.allCases {
      let id = try OCSPCertificateID(issuer: .init(ca.issuing, hash: hash), serialNumber: [0x41, 1])
      for nonce in [nil, randomBytes(32)] {
        let request = OCSPRequest(certificates: [id, id], nonce: nonce)
        #expect(try OCSPRequest(request.derBytes) == request)
      }
    }
  }
}

@Suite("What a request may ask for in vain, and what it may not ask for at all")
struct OverriddenExtensionTests {
  private func request(_ extensions: Certificate.Extensions, key: P256.Signing.PrivateKey = .init()) throws -> [UInt8] {
    let attributes = try CertificateSigningRequest.Attributes([.init(ExtensionRequest(extensions: extensions))])
    return try CertificateSigningRequest(
      version: .v1, subject: Subject(commonName: "x").name, privateKey: .init(key), attributes: attributes,
      signatureAlgorithm: .ecdsaWithSHA256
    ).derBytes()
  }

  @Test("Usages and CA:FALSE are read over where the profile overrides them, and refused elsewhere; names are kept")
  func overridden() throws {
    let bytes = try request(
      Certificate.Extensions {
        Critical(BasicConstraints.notCertificateAuthority)
        Critical(KeyUsage(keyCertSign: true))
        try ExtendedKeyUsage([.ocspSigning])
        SubjectAlternativeNames([.dnsName("x.test")])
      })
    let all = Set(OverriddenExtension.allCases)
    #expect(try CertificationRequest(bytes, overriding: all).dnsNames == ["x.test"])
    for missing in [OverriddenExtension.basicConstraints, .keyUsage, .extendedKeyUsage] {
      #expect(throws: CertificationRequestRefusal.extensionNotAllowed) {
        try CertificationRequest(bytes, overriding: all.subtracting([missing]))
      }
    }
  }

  @Test("CA:TRUE is refused by name, whatever the profile overrides")
  func authority() throws {
    let bytes = try request(
      Certificate.Extensions { Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil)) })
    for overridden in [[], Set(OverriddenExtension.allCases)] {
      #expect(throws: CertificationRequestRefusal.authorityRequested) {
        try CertificationRequest(bytes, overriding: overridden)
      }
    }
  }

  @Test("The key whose private key is 1, RSA below 2,048 bits, P-224 and SHA-1 are refused by name")
  func weak() throws {
    let one = try P256.Signing.PrivateKey(rawRepresentation: [UInt8](repeating: 0, count: 31) + [1])
    #expect(throws: CertificationRequestRefusal.keyWeak) {
      try CertificationRequest(request(Certificate.Extensions(), key: one))
    }
    let scratch = try Scratch()
    func openssl(_ arguments: [String], digest: String = "-sha256") throws -> [UInt8] {
      let key = scratch.path + "/key.pem"
      _ = try Tool.run("openssl", ["genpkey"] + arguments + ["-out", key])
      return try Tool.run(
        "openssl", ["req", "-new", "-key", key, digest, "-subj", "/CN=x", "-outform", "DER"])
    }
    for (arguments, digest, refusal) in [
      (["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"], "-sha256", .keyWeak),
      (["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], "-sha256", .keyNotP256),
      (["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-224"], "-sha256", .keyWeak),
      (["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"], "-sha384", .keyNotP256),
      (["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], "-sha1", .digestWeak),
      (["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], "-sha512", .signatureAlgorithm),
    ] as [([String], String, CertificationRequestRefusal)] {
      #expect(throws: refusal) { try CertificationRequest(openssl(arguments, digest: digest)) }
    }
  }
}
