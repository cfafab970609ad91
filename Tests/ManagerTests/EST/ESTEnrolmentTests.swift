import Crypto
import Foundation
import MockCA
import PKI
import TestKit
import Testing
import X509

@testable import Manager

@Suite("Devices that enrol over EST", .serialized, .timeLimit(.minutes(4)))
struct ESTEnrolmentTests {
  @Test(
    "A code lets in once: openssl's request and curl; the certificate renews itself under the old key and a new one")
  func code() async throws {
    let network = try await LiveNetwork()
    try await network.withAuthority {
      try await ESTSite.run(network) { site, client in
        let code = try await site.invite("E1", "--expires", "1h")
        let (keyFile, csr) = ("\(site.scratch.path)/e1.key", "\(site.scratch.path)/e1.csr")
        _ = try await Tool.output(
          "openssl",
          [
            "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", keyFile,
            "-outform",
            "DER", "-out", csr, "-subj", "/O=plant/serialNumber=E1/CN=E1",
          ])
        let request = Array(try Data(contentsOf: URL(filePath: csr)))
        let without = try await site.post("simpleenroll", request)
        #expect(without.status == 401 && without.headers.contains("www-authenticate: basic"))
        let first = try await site.post("simpleenroll", request, code: code)
        #expect(first.status == 200 && first.headers.contains("smime-type=certs-only"), "\(first)")
        let certificate = try #require(try first.certificates.first)
        // The same request is the same order; another one is not let in by a code that is used up.
        #expect(try await site.post("device/simpleenroll", request, code: code).certificates == [certificate])
        let other = try await site.post("simpleenroll", try estRequest("E1"), code: code)
        #expect(other.status == 401 && other.reason == "code-used")
        let unknown = try await site.post("simpleenroll", request, code: OneTimeCode.random().text)
        #expect(unknown.status == 401 && unknown.reason == "code-unknown")

        let key = try SigningKey(pem: String(contentsOfFile: keyFile, encoding: .utf8))
        let shown = try site.shown(certificate, key)
        let foreign = try await site.post("simplereenroll", try estRequest("E2"), showing: shown)
        #expect(foreign.status == 400 && foreign.reason == "serial-number-wrong")
        #expect(try await site.post("simplereenroll", request).reason == "certificate-required")
        for fresh in [key, SigningKey()] {
          let next = try estRequest("E1", fresh)
          let answers = [
            try await site.post("simplereenroll", next, showing: shown),
            try await site.post("device/simplereenroll", next, showing: shown),
          ]
          let renewed = try answers.map { try $0.certificates }
          #expect(renewed[0] == renewed[1], "\(answers)")
          #expect(renewed[0].first?.publicKey == .init(fresh.publicKey))
          #expect(renewed[0].first?.serialNumber != certificate.serialNumber)
        }
        let bundle = try await site.curl("cacerts", [])
        let attributes = try await site.curl("device/csrattrs", [])
        #expect(bundle.status == 200 && attributes.status == 200)
        #expect(try await site.curl("nothing/cacerts", []).status == 404)
        #expect(try await site.curl("simpleenroll", []).status == 405)
        try await Self.verify(site, certificate, keyFile)

        let revoked: DeviceStepView = try await client.post(
          "devices/E1/revoke", RevocationOrder(reason: "keyCompromise"))
        #expect(revoked.changed)
        let turnedAway = try await site.post("simplereenroll", try estRequest("E1"), showing: shown)
        #expect(turnedAway.status == 403 && turnedAway.reason == "device-revoked", "\(turnedAway)")
      }
    }
    #expect(try await Self.issued(network) == 3)
  }

  /// OpenSSL takes the answer apart, finds the path, and lets the device in by it.
  private static func verify(_ site: ESTSite, _ certificate: Certificate, _ key: String) async throws {
    let (leaf, chain) = ("\(site.scratch.path)/leaf.pem", "\(site.scratch.path)/chain.pem")
    _ = try site.scratch.write("leaf.pem", try certificate.pem.utf8)
    let answer = try await site.curl("cacerts", [])
    let p7 = try site.scratch.write("ca.p7", Data(base64Encoded: Data(answer.body)) ?? Data())
    _ = try await Tool.output(
      "openssl", ["pkcs7", "-inform", "DER", "-in", p7, "-print_certs", "-out", chain])
    _ = try await Tool.output(
      "openssl",
      ["verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", site.anchor, "-untrusted", chain, leaf])
    let script = """
      cd "$1"; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout s.key -out s.pem -subj /CN=s \
        -days 1 2>/dev/null
      cat "$2" chain.pem > trust.pem
      openssl s_server -accept 127.0.0.1:0 -naccept 1 -cert s.pem -key s.key -CAfile "$2" -Verify 3 \
        -verify_return_error -chainCAfile trust.pem > server.log 2>&1 < <(sleep 20) & server=$!
      for i in $(seq 400); do port=$(sed -n 's/^ACCEPT.*://p' server.log | head -1); [ -n "$port" ] && break; sleep 0.05; done
      printf Q | timeout 10 openssl s_client -connect "127.0.0.1:$port" -tls1_3 -cert leaf.pem -key "$3" -cert_chain chain.pem \
        -ign_eof > client.log 2>&1
      for i in $(seq 100); do grep -q 'depth=0' server.log && break; sleep 0.05; done
      kill $server; grep -q 'depth=0.*CN = E1' server.log && ! grep -qi 'verify error' server.log || { cat server.log client.log; exit 1; }
      """
    _ = try await Tool.output("bash", ["-c", script, "s", site.scratch.path, site.anchor, key])
  }

  @Test(
    "Who comes without a code waits with its key's fingerprint until an administrator approves; then it is one certificate"
  )
  func approval() async throws {
    let network = try await LiveNetwork()
    try await network.withAuthority {
      try await ESTSite.run(network) { site, client in
        let key = SigningKey()
        let request = try estRequest("E5", key)
        for _ in 0..<2 {
          let waits = try await site.post("simpleenroll", request)
          #expect(waits.status == 202 && waits.headers.contains("retry-after: 30"), "\(waits)")
        }
        let pem = try site.scratch.write("e5.pub", key.publicKey.pemRepresentation.utf8)
        let der = try await Tool.output("openssl", ["pkey", "-pubin", "-in", pem, "-outform", "DER"])
        let device: DeviceView = try await client.get("devices/E5")
        #expect(device.state == .pending && device.profile == "device")
        #expect(device.thumbprint == Array(SHA256.hash(data: der)).hexadecimal)
        let list = try await site.muster("device", "list")
        #expect(String(decoding: list, as: UTF8.self).contains(device.thumbprint ?? "none"))
        let impostor = try await site.post("simpleenroll", try estRequest("E5"))
        #expect(impostor.status == 403 && impostor.reason == "key-not-approved")
        let stolen = try await site.post("simpleenroll", try estRequest("E6", key))
        #expect(stolen.status == 403 && stolen.reason == "key-of-another")
        _ = try await site.muster("device", "approve", "E5")
        #expect(try await site.post("simpleenroll", try estRequest("E5")).reason == "key-not-approved")
        let first = try await site.post("simpleenroll", request)
        #expect(first.status == 200, "\(first)")
        let certificate = try #require(try first.certificates.first)
        #expect(try await site.post("simpleenroll", request).certificates == [certificate])
        #expect(try await site.post("simpleenroll", try estRequest("E6", key)).reason == "key-of-another")

        let file = "\(site.scratch.path)/evidence.json"
        _ = try await site.muster("cert", "evidence", certificate.serialNumber.hexadecimal, "-o", file)
        let verdict = try await EvidenceBundle(file: file).verify(anchors: Certificate.readPEM(site.anchor))
        #expect(verdict.proof == "request" && verdict.device == "E5")
        let audit: PageView<AuditEntry> = try await client.get("audit", query: ["limit": "500"])
        let actions = audit.items.filter { $0.subject == "E5" }.map(\.action)
        #expect(
          actions == [
            "device-met", "request-refused", "device-approved", "request-refused", "order-placed", "certificate-issued",
            "certificate-delivered",
          ], "\(actions)")
      }
    }
    #expect(try await Self.issued(network) == 1)
  }

  @Test(
    "A manager that dies at any write of an enrolment gives the same certificate for the same request, and nothing is doubled",
    arguments: FailingStore.Moment.allCases, 1...4)
  func crash(_ moment: FailingStore.Moment, _ number: Int) async throws {
    let network = try await LiveNetwork()
    let request = try estRequest("E7")
    try await network.withAuthority {
      let code = Boxed("")
      let store = Boxed<FailingStore?>(nil)
      try await ESTSite.run(
        network,
        wrap: {
          let failing = FailingStore($0, moment)
          store.value = failing
          return failing
        }
      ) { site, _ in
        code.value = try await site.invite("E7")
        store.value?.arm(number)
        _ = try await site.post("simpleenroll", request, code: code.value)
        #expect(store.value?.hasArmedFailure == true)
      }
      try await ESTSite.run(network) { site, client in
        let answer = try await site.post("simpleenroll", request, code: code.value)
        #expect(answer.status == 200, "\(answer)")
        #expect(try await site.post("simpleenroll", request, code: code.value).body == answer.body)
        let device: DeviceView = try await client.get("devices/E7")
        #expect(device.state == .delivered)
      }
    }
    #expect(try await Self.issued(network) == 1)
  }

  private static func issued(_ network: LiveNetwork) async throws -> Int {
    var query = CertificateQuery(now: Date())
    query.profile = "device"
    let count = Boxed(0)
    try await MockCA.certificates(directory: network.authority, query) { _ in count.value += 1 }
    return count.value
  }
}
