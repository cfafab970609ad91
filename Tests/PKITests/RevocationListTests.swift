import Foundation
import SwiftASN1
import TestKit
import Testing
import X509

@testable import PKI

@Suite("CRLs of others")
struct RevocationListTests {
  private let ca: TestAuthority

  init() throws { ca = try TestAuthority() }

  private func template(_ number: Int64 = 7, base: Int64? = nil, from: Date = noon, life: TimeInterval = 3600)
    -> CRLTemplate
  {
    CRLTemplate(issuer: ca.issuing, number: number, base: base, thisUpdate: from, nextUpdate: from + life)
  }

  private func list(_ template: CRLTemplate, serials: [[UInt8]] = [[0x11, 0x22]], key: SigningKey? = nil) throws
    -> [UInt8]
  {
    let entries = try serials.flatMap { try CRLEntry.encode(serialNumber: $0, date: noon, reason: .keyCompromise) }
    return try template.list(
      entries: entries, signature: template.signature(over: entries, key: key ?? ca.issuingKey))
  }

  private func fault(_ bytes: [UInt8], issuer: Certificate? = nil, now: Date = noon + 60) -> RevocationListFault? {
    do {
      try RevocationList(bytes).verify(issuer: issuer ?? ca.issuing, now: now)
      return nil
    } catch {
      return error
    }
  }

  @Test("A good list is read, entry by entry")
  func good() throws {
    let list = try RevocationList(list(template(0x1234), serials: [[0x11, 0x22], [0x00, 0xFF]]))
    try list.verify(issuer: ca.issuing, now: noon + 60)
    #expect(list.number == [0x12, 0x34])
    #expect(list.thisUpdate == noon && list.nextUpdate == noon + 3600)
    // Without the zero that DER puts in front of a first byte from 0x80 on.
    #expect(list.entries.map(\.serialNumber) == [[0x11, 0x22], [0xFF]])
    #expect(list.entries.allSatisfy { $0.reason == .keyCompromise && $0.date == noon })
    #expect(try RevocationList(self.list(template(), serials: [])).entries.isEmpty)
  }

  @Test("Every refusal has its own reason")
  func refusals() throws {
    #expect(fault(try list(template())) == nil)
    #expect(fault(try list(template(base: 3))) == .deltaList)
    #expect(fault(try list(template(), key: ca.anchorKey)) == .signatureWrong)
    #expect(fault(try list(template()), issuer: ca.anchor) == .issuerWrong)
    #expect(fault(try list(template()), now: noon + 3600) == .stale)
    #expect(fault(try list(template()), now: noon - 301) == .notYetValid)
    #expect(fault(try list(template()), now: noon - 300) == nil)
    let own = SigningKey()
    let leaf = try CertificateTemplate(
      profile: .device, request: deviceRequest(key: own), serialNumber: .random(), notBefore: noon, issuer: ca.issuing,
      pointers: nil
    ).certificate(signedBy: ca.issuingKey)
    let forged = CRLTemplate(issuer: leaf, number: 9, thisUpdate: noon, nextUpdate: noon + 3600)
    let bytes = try forged.list(entries: [], signature: forged.signature(over: [], key: own))
    #expect(fault(bytes, issuer: leaf) == .issuerMayNot)
  }

  @Test("No byte can be changed, and no end be cut off")
  func mutations() throws {
    let good = try list(template())
    for count in 0..<good.count { #expect(fault(Array(good.prefix(count))) == .malformed) }
    #expect(fault(good + [0]) == .malformed)
    for index in good.indices {
      for bit: UInt8 in [0x01, 0x80] {
        var bad = good
        bad[index] ^= bit
        #expect(fault(bad) != nil, "byte \(index)")
      }
    }
  }

  @Test("Numbers are compared as numbers, up to twenty bytes")
  func numbers() {
    #expect(RevocationList.isBelow([0x01], [0x02]) && RevocationList.isBelow([0xFF], [0x01, 0x00]))
    #expect(RevocationList.isBelow([], [0x01]))
    #expect(!RevocationList.isBelow([0x01, 0x00], [0xFF]) && !RevocationList.isBelow([0x05], [0x05]))
  }

  @Test(
    "A list that OpenSSL made is read as OpenSSL reads it; one with a critical extension, or without a number, is refused"
  )
  func openssl() throws {
    let scratch = try Scratch()
    let anchorKey = try scratch.write("key.pem", ca.issuingKey.pem.utf8)
    let anchor = try scratch.write("ca.pem", ca.issuing.pem.utf8)
    let index = try scratch.write(
      "index.txt",
      "R\t360101000000Z\t260101000000Z,keyCompromise\t0A0B0C\tunknown\t/CN=a\nR\t360101000000Z\t260101000000Z\t00F1\tunknown\t/CN=b\n"
        .utf8)
    func make(_ extensions: String) throws -> [UInt8] {
      _ = try scratch.write("number", "0A11\n".utf8)
      let configuration = try scratch.write(
        "openssl.cnf",
        """
        [ca]
        default_ca = c
        [c]
        database = \(index)
        crlnumber = \(scratch.path)/number
        default_md = sha256
        crl_extensions = e
        [e]
        authorityKeyIdentifier = keyid
        \(extensions)
        """.utf8)
      let pem = try Tool.run(
        "openssl",
        [
          "ca", "-gencrl", "-config", configuration, "-keyfile", anchorKey, "-cert", anchor, "-crldays", "30",
        ])
      return try Tool.run(
        "openssl", ["crl", "-outform", "DER", "-in", scratch.write("list.pem", pem)])
    }
    let list = try RevocationList(make(""))
    #expect(list.entries.map(\.serialNumber.hexadecimal).sorted() == ["0a0b0c", "f1"])
    #expect(Set(list.entries.map(\.reason)) == [.keyCompromise, .unspecified])
    #expect(list.number == [0x0A, 0x11])
    #expect(list.issuer == (try ca.issuing.subject.derBytes()))
    #expect(throws: RevocationListFault.extensionUnknown) {
      try RevocationList(make("issuingDistributionPoint = critical,@p\n[p]\nonlyuser = TRUE"))
    }
  }

  @Test("Where a certificate says its list is")
  func pointer() throws {
    #expect(try ca.issue(deviceRequest()).revocationListURL == "http://ca.test/crl")
    #expect(ca.anchor.revocationListURL == nil)
  }
}
