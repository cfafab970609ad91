import Foundation
import PKI
import TestKit
import Testing
import X509

@Suite("What others read")
struct OracleTests {
  let ca: TestAuthority
  let device: CertificationRequest
  let request: CMCRequest
  let scratch: Scratch

  init() throws {
    ca = try TestAuthority(now: Date())
    device = try deviceRequest()
    request = CMCRequest(transaction: .random(), certificationRequest: device)
    scratch = try Scratch()
  }

  private func signedRequest() throws -> [UInt8] {
    try request.signed(with: ca.authorityKey, certificate: ca.authority, issuers: [ca.issuing], at: Date())
  }

  @Test("OpenSSL verifies our certification request")
  func openSSLVerifiesRequest() throws {
    let file = try scratch.write("request.der", device.derBytes)
    _ = try Tool.run("openssl", ["req", "-inform", "DER", "-in", file, "-verify", "-noout"])
  }

  @Test("openssl cms opens our order, and the device's request is inside byte for byte")
  func openSSLOpensOrder() throws {
    let order = try scratch.write("order.der", signedRequest())
    let anchor = try scratch.write("ca.pem", ca.anchor.pem.utf8)
    let content = try Tool.run(
      "openssl",
      [
        "cms", "-verify", "-purpose", "any", "-binary", "-inform", "DER", "-in", order, "-CAfile", anchor,
      ])
    #expect(content.firstRange(of: device.derBytes) != nil)
    let structure = String(
      decoding: try Tool.run("openssl", ["asn1parse", "-inform", "DER", "-in", order]), as: UTF8.self)
    #expect(structure.contains("pkcs7-signedData"))
    #expect(structure.contains(":1.3.6.1.5.5.7.12.2") || structure.contains("id-cct-PKIData"))
  }

  @Test("An order that OpenSSL signed over our content verifies here")
  func openSSLSignsOrder() throws {
    let file = try scratch.write("order.der", signedRequest())
    let content = try scratch.write(
      "content.der", Tool.run("openssl", ["cms", "-verify", "-noverify", "-binary", "-inform", "DER", "-in", file]))
    let key = try scratch.write("ra.key", ca.authorityKey.pem.utf8)
    let certificate = try scratch.write("ra.pem", ca.authority.pem.utf8)
    let signed = try Tool.run(
      "openssl",
      [
        "cms", "-sign", "-binary", "-nodetach", "-nosmimecap", "-md", "sha256", "-econtent_type", "1.3.6.1.5.5.7.12.2",
        "-in", content, "-signer", certificate, "-inkey", key, "-outform", "DER",
      ])
    #expect(try UnverifiedCMCRequest(signed).verified(by: ca.authority, issuers: [ca.issuing], now: Date()) == request)
  }

  @Test("pyasn1's RFC 6402 reads the same order as we wrote", .enabled(if: Tool.python != nil))
  func pyasn1ReadsOrder() throws {
    let found = try python("request", signedRequest())
    #expect(found["contentType"] == "1.3.6.1.5.5.7.12.2")
    #expect(found["transaction"] == request.transaction.hexadecimal)
    #expect(found["senderNonce"] == request.senderNonce.hexadecimal)
    #expect(found["request"] == device.derBytes.hexadecimal)
    #expect(found["signerSerial"] == ca.authority.serialNumber.hexadecimal)
    #expect(found["certificates"] == "2")
  }

  @Test("pyasn1's RFC 6402 reads the same answers as we wrote", .enabled(if: Tool.python != nil))
  func pyasn1ReadsAnswer() throws {
    func answer(_ status: CMCStatusInfo, _ certificates: [Certificate]) throws -> [String: String] {
      try python(
        "response",
        CMCResponse(
          status: status, transaction: request.transaction, recipientNonce: request.senderNonce,
          certificates: certificates
        ).signed(with: ca.responderKey, certificate: ca.responder, issuers: [ca.issuing], at: Date()))
    }
    let issued = try answer(.success(bodyPart: 3), [ca.issue(device, now: Date()), ca.issuing])
    #expect(issued["contentType"] == "1.3.6.1.5.5.7.12.3")
    #expect(issued["status"] == "0")
    #expect(issued["recipientNonce"] == request.senderNonce.hexadecimal)
    #expect(issued["certificates"] == "3")
    let refused = try answer(.failed("no-luck", "Not today.", .tryLater), [])
    #expect(refused["status"] == "2")
    #expect(refused["statusString"] == "no-luck: Not today.")
    #expect(refused["failInfo"] == "12")
  }

  @Test("OpenSSL accepts certificates of every profile by its strictest rules")
  func strictVerification() throws {
    let anchor = try scratch.write("ca.pem", ca.anchor.pem.utf8)
    let chain = try scratch.write("chain.pem", ca.issuing.pem.utf8)
    let server = try CertificationRequest(
      subject: Subject(commonName: "m"), dnsNames: ["m.test"], ipAddresses: [[127, 0, 0, 1]], key: SigningKey())
    let gateway = try CertificationRequest(subject: Subject(commonName: "hall-3"), key: SigningKey())
    for (profile, request, purpose) in [
      (CertificateProfile.device, device, "sslclient"), (.gateway, gateway, "sslclient"),
      (.server, server, "sslserver"),
      (.registrationAuthority, gateway, "any"), (.responder, gateway, "any"),
    ] {
      let file = try scratch.write("\(profile.name).pem", ca.issue(request, profile: profile, now: Date()).pem.utf8)
      _ = try Tool.run(
        "openssl",
        ["verify", "-x509_strict", "-purpose", purpose, "-CAfile", anchor, "-untrusted", chain, file])
    }
  }

  @Test("OpenSSL and we read each other's certs-only bundles")
  func bundles() throws {
    let bundle = try scratch.write("bundle.p7b", CertificateBundle.encode([ca.authority, ca.issuing]))
    let text = try Tool.run("openssl", ["pkcs7", "-inform", "DER", "-in", bundle, "-print_certs"])
    let theirs = try Certificate.readPEM(
      scratch.write("certs.pem", String(decoding: text, as: UTF8.self).certificateBlocks.utf8))
    #expect(theirs == [ca.authority, ca.issuing])
    let certificates = try scratch.write("certs.pem", (ca.authority.pem + ca.issuing.pem).utf8)
    let made = try Tool.run("openssl", ["crl2pkcs7", "-nocrl", "-certfile", certificates, "-outform", "DER"])
    #expect(try CertificateBundle.decode(made) == [ca.authority, ca.issuing])
  }

  private func python(_ kind: String, _ message: [UInt8]) throws -> [String: String] {
    let file = try scratch.write("message.der", message)
    let script = Tool.checkout.appendingPathComponent("Tests/PKITests/oracle/cmc.py").path
    let output = try Tool.run(try #require(Tool.python), [script, kind, file])
    return try JSONDecoder().decode([String: String].self, from: Data(output))
  }
}

extension String {
  /// Only the PEM blocks of OpenSSL's chatty output.
  fileprivate var certificateBlocks: String {
    var isInside = false
    return split(separator: "\n").filter { line in
      if line.hasPrefix("-----BEGIN") { isInside = true }
      defer { if line.hasPrefix("-----END") { isInside = false } }
      return isInside
    }.joined(separator: "\n") + "\n"
  }
}
