import Foundation
import TestKit
import Testing

@testable import Manager

/// The commands of docs/est.md, as they stand there but for places.
@Suite("The manual of EST", .timeLimit(.minutes(2)))
struct ESTManualTests {
  @Test("Its commands bring a certificate, with the fingerprint that the manager shows")
  func commands() async throws {
    let text = try String(contentsOf: Tool.checkout.appending(path: "docs/est.md"), encoding: .utf8)
    let part = try #require(
      text.split(separator: "## By a one-time code").last?.split(separator: "## By the certificate").first)
    let commands = part.split(separator: "\n").filter { $0.hasPrefix("    ") }.map { $0.dropFirst(4) }.joined(
      separator: "\n")
    #expect(commands.contains("muster device invite cam-7") && commands.contains("sha256sum"))
    let network = try await LiveNetwork()
    try await network.withAuthority {
      try await ESTSite.run(network) { site, client in
        let program = Tool.checkout.appendingPathComponent(".build/debug/muster").path
        let place = site.url.replacing("https://", with: "").replacing("/.well-known/est", with: "")
        let script = """
          set -euo pipefail
          cd "$1"; cp "$2" ca.pem
          muster() { "\(program)" "$@" --manager "\(site.manager)" --credentials "\(site.credentials)"; }
          \(commands.replacing("manager:8444", with: place))
          """
        let said = String(
          decoding: try await Tool.output("bash", ["-c", script, "manual", site.scratch.path, site.anchor]),
          as: UTF8.self)
        #expect(said.contains("BEGIN CERTIFICATE"))
        let device: DeviceView = try await client.get("devices/cam-7")
        #expect(device.state == .delivered && said.contains(device.thumbprint ?? "none"), "\(said)")
      }
    }
  }
}
