import Foundation
import PKI
import TestKit
import Testing
import X509

@testable import MockCA

/// What a CA tells of its certificates, as OpenSSL and pkilint read it: over HTTP, from where the certificates point.
@Suite("Status as others read it")
struct StatusOracleTests {
  /// A CA that is served while `body` runs, at the URL that its certificates name.
  private func served(
    _ keys: KeyHome, url: String? = nil, _ body: @escaping @Sendable (_ ca: TestCA, _ files: Files) async throws -> Void
  ) async throws {
    let port = url == nil ? try await TestServer.freePort() : 0
    let ca = try TestCA(url: url ?? "http://localhost:\(port)", keys: keys.places())
    #expect(ca.authority.key.isInToken == (keys == .token))
    try await TestServer.run(ca.directory, now: { [clock = ca.clock] in clock.now }, statusPort: port) { server in
      try await body(ca, Files(ca: ca, server: server, scratch: Scratch()))
    }
  }

  /// What a verifier has in files.
  private struct Files {
    let ca: TestCA
    let server: TestServer
    let scratch: Scratch

    var anchor: String { ca.directory + "/ca.pem" }
    var chain: String { ca.directory + "/chain.pem" }

    /// The certificate's file, in DER and PEM.
    func write(_ certificate: Certificate, _ name: String) throws -> String {
      _ = try scratch.write("\(name).der", certificate.der)
      return try scratch.write("\(name).pem", certificate.pem.utf8)
    }

    /// Fetches a CRL from where a certificate says it is.
    func crl(of file: String, as name: String) async throws -> String {
      let text = String(decoding: try Tool.run("openssl", ["x509", "-in", file, "-noout", "-text"]), as: UTF8.self)
      let url = try #require(
        text.split(separator: "URI:").dropFirst().map { $0.prefix { !$0.isWhitespace } }.first {
          $0.hasSuffix(".crl")
        })
      return try await fetch(String(url), as: name)
    }

    func fetch(_ url: String, as name: String) async throws -> String {
      let der = try await Tool.output("curl", ["-sSf", url])
      _ = try scratch.write("\(name).crl", der)
      let pem = try Tool.run("openssl", ["crl", "-inform", "DER", "-in", scratch.path + "/\(name).crl"])
      return try scratch.write("\(name).pem", pem)
    }

    /// `openssl verify` with CRLs for every level: nil when it is satisfied, else what it says.
    func complaint(_ file: String, _ lists: [String], _ options: [String] = []) -> String? {
      do {
        _ = try Tool.run(
          "openssl",
          ["verify", "-x509_strict", "-crl_check_all", "-purpose", "any", "-CAfile", anchor, "-untrusted", chain]
            + options + lists.flatMap { ["-CRLfile", $0] } + [file])
        return nil
      } catch {
        return (error as? Tool.Failure)?.text ?? "\(error)"
      }
    }

    /// `openssl ocsp`, asking where the certificate says.
    func ocsp(_ file: String, _ options: [String] = []) async throws -> String {
      let url = String(decoding: try Tool.run("openssl", ["x509", "-in", file, "-noout", "-ocsp_uri"]), as: UTF8.self)
        .trimmingCharacters(in: .whitespacesAndNewlines)
      return try await ask(url, ["-cert", file] + options)
    }

    func ask(_ url: String, _ options: [String]) async throws -> String {
      let script = "openssl ocsp -issuer \"$1\" -CAfile \"$2\" -url \"$3\" \"${@:4}\" 2>&1"
      let said = try await Tool.output("bash", ["-c", script, "ocsp", chain, anchor, url] + options)
      return String(decoding: said, as: UTF8.self)
    }
  }

  @Test(
    "OpenSSL finds every profile's certificates good, then revoked, by CRL and by OCSP, where they point",
    arguments: KeyHome.allCases)
  func profiles(keys: KeyHome) async throws {
    try await served(keys) { ca, files in
      let ra = try await ca.makeRA()
      let gateway = try CertificationRequest(subject: Subject(commonName: "hall-3"), key: SigningKey())
      let server = try CertificationRequest(
        subject: Subject(commonName: "m"), dnsNames: ["m.test"], ipAddresses: [[127, 0, 0, 1]], key: SigningKey())
      let certificates = [
        "ra": ra.certificate, "device": try await ca.registrar.issue(to: ra, deviceRequest()),
        "gateway": try await ca.registrar.issue(to: ra, gateway, profile: .gateway),
        "server": try await ca.registrar.issue(to: ra, server, profile: .server),
      ]
      let issuing = try files.write(ca.authority.issuing, "issuing")
      for (name, certificate) in certificates.sorted(by: { $0.key > $1.key }) {
        let file = try files.write(certificate, name)
        func lists() async throws -> [String] {
          [
            try await files.crl(of: file, as: "\(name)-issuing"),
            try await files.crl(of: issuing, as: "\(name)-anchor"),
          ]
        }
        #expect(files.complaint(file, try await lists()) == nil)
        for options in [[], ["-no_nonce"]] {
          let said = try await files.ocsp(file, options)
          #expect(said.contains("Response verify OK") && said.contains("\(name).pem: good"), "\(said)")
          #expect(!said.contains("WARNING"), "\(said)")
        }
        try await MockCA.revoke(
          serialNumber: certificate.serialNumber.hexadecimal, reason: .keyCompromise, directory: ca.directory,
          now: ca.clock.now)
        #expect(files.complaint(file, try await lists())?.contains("certificate revoked") == true)
        let said = try await files.ocsp(file)
        #expect(said.contains("\(name).pem: revoked") && said.contains("Reason: keyCompromise"), "\(said)")
      }
    }
  }

  @Test(
    "OpenSSL hears 'unknown' of a serial number that was never given, and an error for another CA's",
    arguments: KeyHome.allCases)
  func unknown(keys: KeyHome) async throws {
    try await served(keys) { ca, files in
      let url = "http://localhost:\(files.server.statusPort)/1"
      let said = try await files.ask(url, ["-serial", "0x40112233445566778899aabbccddeeff"])
      #expect(said.contains("Response verify OK") && said.contains(": unknown"), "\(said)")
      let stranger = try TestCA()
      let other = stranger.directory + "/chain.pem"
      let refused = String(
        decoding: try await Tool.output(
          "bash", ["-c", "openssl ocsp -issuer \(other) -serial 1 -url \(url) -noverify 2>&1; true"]), as: UTF8.self)
      #expect(refused.contains("unauthorized"), "\(refused)")
    }
  }

  @Test(
    "Who has a full CRL of this morning needs the delta only: OpenSSL finds a revocation by both together",
    arguments: KeyHome.allCases)
  func delta(keys: KeyHome) async throws {
    try await served(keys) { ca, files in
      let ra = try await ca.makeRA()
      let file = try files.write(try await ca.registrar.issue(to: ra, deviceRequest()), "device")
      let old = [
        try await files.crl(of: file, as: "full"),
        try await files.crl(of: files.write(ca.authority.issuing, "issuing"), as: "anchor"),
      ]
      ca.clock.advance(by: 1)
      let serial = try Tool.run("openssl", ["x509", "-in", file, "-noout", "-serial"]).dropFirst(7).dropLast()
      try await MockCA.revoke(
        serialNumber: String(decoding: serial, as: UTF8.self), directory: ca.directory, now: ca.clock.now)
      let delta = try await files.fetch("http://localhost:\(files.server.statusPort)/1d.crl", as: "delta")
      #expect(files.complaint(file, old) == nil)
      let said = files.complaint(file, old + [delta], ["-extended_crl", "-use_deltas"])
      #expect(said?.contains("certificate revoked") == true, "\(said ?? "satisfied")")
    }
  }

  @Test("pkilint finds nothing at WARNING in any certificate, CRL or OCSP answer", arguments: KeyHome.allCases)
  func lint(keys: KeyHome) async throws {
    // pkilint takes a host without a dot for none.
    try await served(keys, url: "http://ca.test:8542") { ca, files in
      let ra = try await ca.makeRA()
      let key = try CertificationRequest(subject: Subject(commonName: "m"), dnsNames: ["m.test"], key: SigningKey())
      let plain = try CertificationRequest(subject: Subject(commonName: "hall-3"), key: SigningKey())
      let device = try await ca.registrar.issue(to: ra, deviceRequest())
      let ocsp = try await ca.ocsp()
      let responder = try #require(ocsp.signers.withLock { $0[1] })
      let certificates = [
        "anchor": ca.authority.anchor, "issuing": ca.authority.issuing, "ra": ra.certificate, "device": device,
        "server": try await ca.registrar.issue(to: ra, key, profile: .server),
        "gateway": try await ca.registrar.issue(to: ra, plain, profile: .gateway),
        "cmc": try await ca.registrar.issuer.makeOwn(.responder, commonName: "r", now: ca.clock.now).certificate,
        "ocsp": responder.identity.certificate,
      ]
      var lines = try certificates.map { "cert \(try files.scratch.write("\($0).der", $1.der))" }
      func add(_ kind: String, _ name: String, _ bytes: [UInt8]) throws {
        lines.append("\(kind) \(try files.scratch.write(name, bytes))")
      }
      let issuer = try OCSPCertificateID.Issuer(ca.authority.issuing, hash: .sha1)
      for round in ["empty", "filled"] {
        try add("crl", "\(round).crl", try await files.server.status("1.crl").body)
        try add("crl", "\(round)-delta.crl", try await files.server.status("1d.crl").body)
        try add("arl", "\(round)-anchor.crl", try await files.server.status("0.crl").body)
        for nonce in [nil, randomBytes(16)] {
          for (name, serial) in [("known", Array(device.serialNumber.bytes)), ("unknown", [0x41])] {
            let question = OCSPRequest(
              certificates: [try OCSPCertificateID(issuer: issuer, serialNumber: serial)], nonce: nonce)
            try add(
              "ocsp", "\(round)-\(name)-\(nonce?.count ?? 0).ors",
              try await files.server.status("1", asking: question.derBytes).body)
          }
        }
        ca.clock.advance(by: 1)
        for (certificate, reason) in [(device, .unspecified), (certificates["server"], .superseded)]
          as [(Certificate?, RevocationReason)]
        {
          let serial = try #require(certificate).serialNumber.hexadecimal
          try await MockCA.revoke(
            serialNumber: serial, reason: reason, directory: ca.directory, now: ca.clock.now)
        }
      }
      let findings = try Oracle.run("lint.py", lines: lines)
      #expect(findings == ["done"], "\(findings.joined(separator: "\n"))")
    }
  }
}
