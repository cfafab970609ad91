import Foundation
import TestKit
import Testing
import X509

@testable import MockCA
@testable import PKI

/// What passes between a registration authority and the CA, as it is on the wire.
@Suite("CMC as pyasn1's RFC 6402 and OpenSSL read it")
struct CMCOracleTests {
  private func read(_ kind: String, _ message: [UInt8]) throws -> [String: String] {
    let scratch = try Scratch()
    let script = Tool.checkout.appendingPathComponent("Tests/PKITests/oracle/cmc.py").path
    let python = try #require(Tool.python, "run `make setup`")
    let output = try Tool.run(python, [script, kind, try scratch.write("message.der", message)])
    return try JSONDecoder().decode([String: String].self, from: Data(output))
  }

  /// `openssl cms` finds the signature good and the signer's path to end at the anchor.
  private func verify(_ message: [UInt8], _ ca: TestCA) throws {
    let scratch = try Scratch()
    _ = try Tool.run(
      "openssl",
      [
        "cms", "-verify", "-purpose", "any", "-binary", "-inform", "DER", "-CAfile", ca.directory + "/ca.pem", "-in",
        try scratch.write("message.der", message), "-out", "/dev/null",
      ])
  }

  @Test(
    "An order and its answer have each other's transaction and nonce; the certificate is there",
    arguments: KeyHome.allCases)
  func order(keys: KeyHome) async throws {
    let ca = try TestCA(keys: keys.places())
    #expect(ca.authority.key.isInToken == (keys == .token))
    let ra = try await ca.makeRA()
    let request = CMCRequest(transaction: .random(), certificationRequest: try deviceRequest())
    try await TestServer.run(ca.directory, now: { [clock = ca.clock] in clock.now }) { server in
      let message = try ra.order(request, at: ca.clock.now)
      let answer = try await server.order(message).decoded
      for bytes in [message, answer] { try verify(bytes, ca) }
      let (asked, said) = (try read("request", message), try read("response", answer))
      #expect(asked["transaction"] == request.transaction.hexadecimal && said["transaction"] == asked["transaction"])
      #expect(asked["senderNonce"] == request.senderNonce.hexadecimal && said["recipientNonce"] == asked["senderNonce"])
      #expect(said["senderNonce"] != said["recipientNonce"])
      #expect(said["status"] == "0" && said["bodyParts"] == "3" && said["failInfo"] == nil)
      #expect(said["certificates"] == "3")
    }
  }

  @Test("A revocation says what is to be revoked and why; its answer is to it", arguments: KeyHome.allCases)
  func revocation(keys: KeyHome) async throws {
    let ca = try TestCA(keys: keys.places())
    #expect(ca.authority.key.isInToken == (keys == .token))
    let ra = try await ca.makeRA()
    let certificate = try await ca.registrar.issue(to: ra, deviceRequest())
    try await TestServer.run(ca.directory, now: { [clock = ca.clock] in clock.now }) { server in
      for (reason, code, comment) in [
        (RevocationReason.keyCompromise, "1", "stolen in hall 3"), (.superseded, "4", nil),
      ] as [(RevocationReason, String, String?)] {
        let revocation = try CMCRevocation(
          transaction: .random(), certificate: certificate, reason: reason, comment: comment)
        let message = try revocation.signed(
          with: ra.key, certificate: ra.certificate, issuers: [ra.authority.issuing], at: ca.clock.now)
        let answer = try await server.order(message).decoded
        for bytes in [message, answer] { try verify(bytes, ca) }
        let (asked, said) = (try read("revocation", message), try read("response", answer))
        #expect(asked["contentType"] == "1.3.6.1.5.5.7.12.2" && said["contentType"] == "1.3.6.1.5.5.7.12.3")
        #expect(asked["issuer"] == (try certificate.issuer.derBytes().hexadecimal))
        #expect(asked["serial"] == certificate.serialNumber.hexadecimal)
        #expect(asked["reason"] == code && asked["comment"] == comment)
        #expect(asked["transaction"] == revocation.transaction.hexadecimal)
        #expect(asked["senderNonce"] == revocation.senderNonce.hexadecimal)
        #expect(said["transaction"] == asked["transaction"] && said["recipientNonce"] == asked["senderNonce"])
        #expect(said["status"] == "0" && said["bodyParts"] == asked["revokedBodyPart"] && said["failInfo"] == nil)
      }
    }
  }

  @Test("A revocation of a stranger's certificate is answered with the standard's badCertID, naming the revocation")
  func refused() async throws {
    let (ca, other) = (try TestCA(), try TestCA())
    let ra = try await ca.makeRA()
    let foreign = try await other.registrar.issue(to: other.makeRA(), deviceRequest())
    try await TestServer.run(ca.directory, now: { [clock = ca.clock] in clock.now }) { server in
      let message = try ra.revocation(of: foreign, at: ca.clock.now)
      let answer = try await server.order(message)
      let (asked, said) = (try read("revocation", message), try read("response", answer.decoded))
      #expect(answer.status == 404 && said["status"] == "2" && said["failInfo"] == "4")
      #expect(said["bodyParts"] == asked["revokedBodyPart"] && asked["revokedBodyPart"] != "0")
      #expect(said["statusString"]?.hasPrefix("certificate-unknown: ") == true)
      // Of a stranger's message nothing is believed, so it is refused as a whole.
      let stranger = try await other.makeRA().revocation(of: foreign, at: ca.clock.now)
      let refused = try await read("response", server.order(stranger).decoded)
      #expect(refused["status"] == "2" && refused["bodyParts"] == "0")
    }
  }
}
