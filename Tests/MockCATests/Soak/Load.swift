import Foundation
import NIOSSL
import PKI
import TestKit
import X509

@testable import MockCA

/// Clients of a CA who order, renew and revoke as fast as they are answered, until it answers no more.
struct Load: Sendable {
  let site: CrashSite
  let server: TestServer
  /// No two loads have the same: every order is another one.
  let name: String

  /// Runs until every client has met its first failure.
  ///
  /// - Parameter codes: one for each enrolment by EST.
  func run(codes: [OneTimeCode]) async {
    await withTaskGroup(of: Void.self) { group in
      for worker in 0..<4 {
        group.addTask {
          for number in 0... {
            guard (try? await orderAndRevoke("\(name)-\(worker)-\(number)", revoking: number % 3 == 0)) == true else {
              return
            }
          }
        }
      }
      for half in [codes.prefix(codes.count / 2), codes.suffix((codes.count + 1) / 2)] {
        group.addTask {
          for (number, code) in half.enumerated() {
            guard (try? await enrol("\(name)-E\(half.startIndex)-\(number)", code)) == true else { return }
          }
        }
      }
    }
  }

  /// As a registration authority does, by CMC.
  private func orderAndRevoke(_ serial: String, revoking: Bool) async throws -> Bool {
    let ra = site.ra
    let request = CMCRequest(transaction: .random(), certificationRequest: try deviceRequest(serial: serial))
    let http = try await server.order(ra.order(request, at: Date()))
    guard
      case .issued(let certificate, _) = try await CMCAnswer(
        http.decoded, to: request, anchors: [ra.anchor], now: Date())
    else { return false }
    try site.acknowledged.issued(certificate, by: .cmc)
    guard revoking else { return true }
    let revocation = try CMCRevocation(transaction: .random(), certificate: certificate, reason: .superseded)
    let message = try revocation.signed(
      with: ra.key, certificate: ra.certificate, issuers: [site.authority.issuing], at: Date())
    let answer = try await server.order(message)
    guard try await CMCAnswer.refusal(answer.decoded, of: revocation, anchors: [ra.anchor], now: Date()) == nil else {
      return false
    }
    site.acknowledged.revoked(certificate, by: .cmc)
    return true
  }

  /// As a client of its own does, by EST: it enrols and renews, and its old certificate is revoked by the command.
  private func enrol(_ serial: String, _ code: OneTimeCode) async throws -> Bool {
    let key = SigningKey()
    let credentials = Data("anybody:\(code.text)".utf8).base64EncodedString()
    let first = try await server.post(
      "simpleenroll", .bytes(Data(try deviceRequest(key: key, serial: serial).derBytes).base64EncodedData()),
      type: "application/pkcs10", headers: [("Authorization", "Basic \(credentials)")])
    guard first.status == 200, let certificate = try CertificateBundle.decode(first.decoded).first else { return false }
    try site.acknowledged.issued(certificate, by: .est)
    let second = try await renew(serial, showing: certificate, key: key)
    guard second.status == 200, let renewed = try CertificateBundle.decode(second.decoded).first else { return false }
    try site.acknowledged.issued(renewed, by: .reenrolment)
    _ = try await Tool.output(
      CommandTests.executable.path, ["ca", "revoke", "--dir", site.directory, certificate.serialNumber.hexadecimal])
    site.acknowledged.revoked(certificate, by: .command)
    return true
  }

  private func renew(_ serial: String, showing certificate: Certificate, key: SigningKey) async throws
    -> TestServer.Answer
  {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.trustRoots = .certificates([try NIOSSLCertificate(bytes: site.authority.anchor.der, format: .der)])
    tls.certificateChain = try [certificate, site.authority.issuing].map {
      .certificate(try NIOSSLCertificate(bytes: $0.der, format: .der))
    }
    tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: Array(key.pem.utf8), format: .pem))
    let client = TestServer.client(tls)
    let shown = TestServer(port: server.port, statusPort: server.statusPort, client: client)
    let request = try deviceRequest(serial: serial).derBytes
    let answer: Result<TestServer.Answer, any Error>
    do {
      answer = .success(
        try await shown.post(
          "simplereenroll", .bytes(Data(request).base64EncodedData()), type: "application/pkcs10"))
    } catch {
      answer = .failure(error)
    }
    try await client.shutdown()
    return try answer.get()
  }
}
