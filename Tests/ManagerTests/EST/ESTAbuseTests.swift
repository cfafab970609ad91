import Foundation
import MockCA
import PKI
import TestKit
import Testing
import X509

@testable import Manager
@testable import RequestBench

@Suite("What EST must bear", .serialized, .timeLimit(.minutes(5)))
struct ESTAbuseTests {
  @Test(
    "Requests that are wrong in one way, and those that others collected, are 4xx with a reason, and nothing is ordered"
  )
  func wrong() async throws {
    #expect(RequestCorpus.all.count >= 25, "run `make setup`")
    let network = try await LiveNetwork()
    try await network.withAuthority {
      try await ESTSite.run(network, flags: ["nameSuffix": "plant.test"]) { site, client in
        let code = try await site.invite("SN-1")
        for crafted in try Crafted.all() {
          let answer = try await site.post("simpleenroll", crafted.bytes, code: code)
          #expect((400...499).contains(answer.status), "\(crafted.defect): \(answer.status)")
          if CertificationRequestRefusal(rawValue: crafted.reason) != nil {
            #expect(answer.reason == crafted.reason, "\(crafted.defect): \(answer.reason)")
          }
        }
        var reasons: Set<String> = []
        for (name, der) in RequestCorpus.all {
          let answer = try await site.post("simpleenroll", der, code: code)
          #expect((400...499).contains(answer.status), "\(name): \(answer.status)")
          reasons.insert(answer.reason)
        }
        #expect(reasons.count >= 4, "\(reasons)")
        #expect(try await site.post("simpleenroll", [], code: code, type: "text/plain").status == 415)
        let notBase64 = try site.scratch.write("body", "***".utf8)
        let answer = try await site.curl(
          "simpleenroll", ["-H", "Content-Type: application/pkcs10", "--data-binary", "@\(notBase64)"])
        #expect(answer.status == 400 && answer.reason == "body-not-base64")
        // None of them used up the code.
        let request = try CertificationRequest(
          subject: Subject(organization: "plant", serialNumber: "SN-1", commonName: "SN-1"),
          dnsNames: ["sn-1.plant.test"], key: SigningKey())
        let good = try await site.post("simpleenroll", request.derBytes, code: code)
        #expect(good.status == 200, "\(good)")
        let certificates: PageView<CertificateView> = try await client.get("certificates", query: ["device": "SN-1"])
        #expect(certificates.items.count == 1)
      }
    }
  }

  @Test("strongSwan's pki fetches the CA's certificates, enrols by a code and re-enrols by its certificate")
  func strongSwan() async throws {
    let network = try await LiveNetwork()
    try await network.withAuthority {
      try await ESTSite.run(network) { site, _ in
        let code = try await site.invite("E9")
        let scratch = site.scratch
        // It can do TLS 1.3, and does not unless it is told to.
        let settings = try scratch.write("strongswan.conf", "libtls {\n version_max = 1.3\n}\n".utf8)
        let url = site.url.replacing("/.well-known/est", with: "").replacing("127.0.0.1", with: "localhost")
        func pki(_ arguments: [String], into name: String) async throws -> [UInt8] {
          let script = "pki \"$@\" > \"$OUT\" 2> \"$OUT.said\" || { cat \"$OUT.said\" >&2; exit 1; }"
          let out = scratch.path + "/" + name
          _ = try await Tool.output(
            "env", ["OUT=\(out)", "STRONGSWAN_CONF=\(settings)", "bash", "-c", script, "pki"] + arguments)
          return Array(try Data(contentsOf: URL(filePath: out)))
        }
        let bundle = try await site.curl("cacerts", [])
        var trust: [String] = []
        for (index, certificate) in try bundle.certificates.enumerated() {
          trust += ["--cacert", try scratch.write("ca\(index).der", certificate.der)]
        }
        _ = try await pki(["--estca", "--url", url, "--caout", scratch.path + "/fetched"] + trust, into: "estca")
        var shown: [String] = ["--userpass", "E9:\(code)"]
        var serials: Set<String> = []
        for name in ["one", "two"] {
          _ = try scratch.write("\(name).key", SigningKey().pem.utf8)
          _ = try await pki(
            [
              "--req", "--type", "ecdsa", "--in", scratch.path + "/\(name).key", "--dn",
              "O=plant, serialNumber=E9, CN=E9", "--digest", "sha256",
            ], into: "\(name).csr")
          let der = try await pki(
            ["--est", "--url", url, "--in", scratch.path + "/\(name).csr"] + trust + shown, into: "\(name).crt")
          serials.insert(try Certificate(derEncoded: der).serialNumber.hexadecimal)
          shown = ["--cert", scratch.path + "/\(name).crt", "--key", scratch.path + "/\(name).key"]
        }
        #expect(serials.count == 2)
      }
    }
  }

  @Test(
    "Slow heads, slow bodies, idle connections and endless uploads are cut off, and another client waits less than a second"
  )
  func slow() async throws {
    let network = try await LiveNetwork()
    try await network.withAuthority {
      try await ESTSite.run(network) { site, _ in
        let place = site.url.split(separator: "/")[1]
        let done = Boxed(false)
        async let said = Oracle.slow(String(place), done)
        var slowest = 0.0
        while !done.value {
          let time = try await Tool.output(
            "curl",
            [
              "-s", "--max-time", "30", "--cacert", site.anchor, "-o", "/dev/null", "-w", "%{time_total} %{http_code}",
              "\(site.url)/cacerts",
            ])
          let words = String(decoding: time, as: UTF8.self).split(separator: " ")
          #expect(words.last == "200")
          slowest = max(slowest, Double(words.first ?? "") ?? 99)
        }
        #expect(slowest < 1)
        let lines = try await said
        #expect(lines.contains("idle cut") && lines.contains("head cut") && lines.contains("body 408"), "\(lines)")
        #expect(lines.contains("upload 413") && lines.contains("admitted 64"), "\(lines)")
      }
    }
  }
}

extension Oracle {
  /// Runs `oracle/slow_clients.py` against a server.
  fileprivate static func slow(_ place: String, _ done: Boxed<Bool>) async throws -> [String] {
    defer { done.value = true }
    return try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(with: Result { try run("slow_clients.py", arguments: [place]) })
      }
    }
  }
}
