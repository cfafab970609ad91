import Foundation
import PKI
import TestKit
import X509

@testable import Manager

/// A client of a manager's EST: curl, openssl and files.
struct ESTSite: Sendable {
  let url: String
  let anchor: String
  let credentials: String
  let manager: String
  let scratch: Scratch

  struct Answer {
    let status: Int
    let headers: String
    let body: [UInt8]
    var reason: String { String(decoding: body, as: UTF8.self).split(separator: ":").first.map(String.init) ?? "" }
    /// The certificates of a certs-only answer.
    var certificates: [Certificate] {
      get throws {
        guard let bytes = Data(base64Encoded: Data(body)) else { return [] }
        return try CertificateBundle.decode(Array(bytes))
      }
    }
  }

  /// Runs a CA, a manager that listens for EST, and `body`.
  static func run(
    _ network: LiveNetwork, flags: [String: String] = [:],
    wrap: @escaping @Sendable (SQLiteStore) -> any Store = { $0 },
    _ body: @escaping @Sendable (ESTSite, AdminClient) async throws -> Void
  ) async throws {
    let start = network.events.count
    let all = flags.merging(["est.listen": "127.0.0.1:0"]) { $1 }
    try await network.withManager(flags: all, wrap: wrap) { client, _ in
      guard let ready = network.events.first(.ready, from: start), let est = ready.est else {
        throw ManagerError(.unreachable, "EST is not there.")
      }
      let site = ESTSite(
        url: "https://\(est)/.well-known/est", anchor: "\(network.authority)/ca.pem",
        credentials: network.managerFolder.credentials, manager: "https://\(ready.admin ?? "")", scratch: try Scratch())
      try await body(site, client)
    }
  }

  func curl(_ path: String, _ arguments: [String]) async throws -> Answer {
    let name = UUID().uuidString
    let (out, head) = ("\(scratch.path)/\(name)", "\(scratch.path)/\(name).head")
    let status = try await Tool.output(
      "curl",
      ["-s", "--max-time", "60", "--cacert", anchor, "-o", out, "-D", head, "-w", "%{http_code}"] + arguments
        + ["\(url)/\(path)"])
    let body = FileManager.default.contents(atPath: out).map(Array.init) ?? []
    return Answer(
      status: Int(String(decoding: status, as: UTF8.self)) ?? 0,
      headers: (try? String(contentsOfFile: head, encoding: .utf8).lowercased()) ?? "", body: body)
  }

  /// Sends a request in base64 as OpenSSL wraps it.
  func post(
    _ path: String, _ request: [UInt8], code: String? = nil, showing shown: (certificate: String, key: String)? = nil,
    type: String = "application/pkcs10"
  ) async throws -> Answer {
    let text = Data(request).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
    let file = try scratch.write(UUID().uuidString, text.utf8)
    var arguments = ["--data-binary", "@\(file)", "-H", "Content-Type: \(type)"]
    if let code { arguments += ["-u", "device:\(code)"] }
    if let shown { arguments += ["--cert", shown.certificate, "--key", shown.key] }
    return try await curl(path, arguments)
  }

  /// A certificate and its key as files.
  func shown(_ certificate: Certificate, _ key: SigningKey) throws -> (certificate: String, key: String) {
    let name = UUID().uuidString
    return (
      try scratch.write("\(name).pem", try certificate.pem.utf8), try scratch.write("\(name).key", key.pem.utf8)
    )
  }

  func muster(_ arguments: String...) async throws -> [UInt8] {
    let program = Tool.checkout.appendingPathComponent(".build/debug/muster").path
    return try await Tool.output(program, arguments + ["--manager", manager, "--credentials", credentials])
  }

  /// What `muster device invite` prints.
  func invite(_ id: String, _ more: String...) async throws -> String {
    let program = Tool.checkout.appendingPathComponent(".build/debug/muster").path
    let said = try await Tool.output(
      program, ["device", "invite", id, "--manager", manager, "--credentials", credentials] + more)
    return String(decoding: said, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

/// A device's request of the network `plant`.
func estRequest(_ id: String, _ key: SigningKey = SigningKey(), organization: String = "plant") throws -> [UInt8] {
  try CertificationRequest(
    subject: Subject(organization: organization, serialNumber: id, commonName: id), key: key
  ).derBytes
}
