import Foundation
import Testing

/// docs/whitelist.md as a script: what it tells people to type is typed.
@Suite("The manual of whitelists")
struct ManualTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  @Test("Its commands, one after the other, do what it says")
  func commands() throws {
    let manual = try String(contentsOf: Self.root.appending(path: "docs/whitelist.md"), encoding: .utf8)
    let blocks = manual.components(separatedBy: "```sh\n").dropFirst().compactMap {
      $0.components(separatedBy: "```").first
    }
    #expect(blocks.count == 5)
    let folder = FileManager.default.temporaryDirectory.appending(path: "muster-cwl-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let muster = Self.root.appending(path: ".build/debug/muster").path
    let answer = try Shell.run("muster() { '\(muster)' \"$@\"; }\nset -e\n" + blocks.joined(), in: folder.path)
    #expect(answer.status == 0, "\(answer.text)")
    for sentence in [
      "Nothing found.", "sensor-1 may call historian so.", "by: telemetry", "sensor-1 may NOT call sensor-2 so.",
      "no, notListed (7)", "no, status 1", "lists/sensor-1.cwl: 1 entries", "historian 4a01 of issuer",
      "calls it: coap, over oscore, port 5684", "verified", "would take this list: epoch 1, number 1.",
      "~ historian: other certificates", "2 lists change.", "number 2.",
      "A device would refuse this list: lowerNumber (131).",
      "status 65", "0 devices and 2 rules are in connections.yaml.",
      "+ historian: is called by it: coap, over oscore, port 5683-5684",
      "1 rules are in mud.yaml.", "over-wide: https://maker.example/sensor 1: it allows any protocol.",
    ] {
      #expect(answer.text.contains(sentence), "'\(sentence)' is not in:\n\(answer.text)")
    }
  }

  @Test("Each failure ends with its own status and says what to try")
  func statuses() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "muster-cwl-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let hash = String(repeating: "4a", count: 32)
    let policy = """
      network: n
      issuers: {ca: {name: "\(hash)", key: "\(hash)"}}
      devices: {a: {thumbprint: "\(hash)", certificates: {issuer: ca, serialNumber: 1f}}, b: {thumbprint: "\(hash)"}}
      rules: [{from: a, to: b, protocols: coap, transports: tls, ports: 1}]
      """
    try policy.write(to: folder.appending(path: "p.yaml"), atomically: true, encoding: .utf8)
    let muster = Self.root.appending(path: ".build/debug/muster").path
    for name in ["own", "other"] {
      _ = try Shell.run(
        "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out \(name).key; chmod 600 \(name).key; "
          + "openssl req -x509 -new -key \(name).key -subj /CN=\(name) -out \(name).pem", in: folder.path)
    }
    func status(_ arguments: String) throws -> (Int32, String) {
      let answer = try Shell.run("'\(muster)' cwl \(arguments)", in: folder.path)
      return (answer.status, answer.text)
    }
    #expect(try status("sign --policy p.yaml --key own.key --number 7 --out l --json").0 == 0)
    #expect(try status("verify l/b.cwl --signer own.pem --json").0 == 0)
    let cases: [(String, Int32, String)] = [
      ("lint --policy p.yaml --json", 1, "one-way"),
      ("lint --policy none.yaml", 66, "Cannot read"),
      ("lint --policy own.pem", 65, "docs/whitelist.md"),
      ("lint", 64, "--policy"),
      ("verify l/b.cwl", 64, "--signer"),
      ("verify l/b.cwl --signer other.pem", 77, "otherSigner (103)"),
      ("verify l/b.cwl --signer own.pem --holder a", 65, "otherHolder (128)"),
      ("verify l/b.cwl --signer own.pem --thumbprint 00", 65, "otherHolder (128)"),
      ("verify l/b.cwl --signer own.pem --digest 00", 65, "digest"),
      ("verify l/b.cwl --signer own.pem --after l/a.cwl", 65, "otherHolder (128)"),
      ("verify own.pem --signer own.pem", 65, "malformed (97)"),
      ("show l/none.cwl", 66, "Cannot read l/none.cwl"),
      ("show l/b.cwl", 0, "NOT VERIFIED"),
      ("sign --policy p.yaml --key own.key --number 7 --out l", 73, "not overwritten"),
      ("sign --policy p.yaml --key own.key --number 18446744073709551615 --out m", 65, "number (111)"),
      ("sign --policy p.yaml --key own.key --number 0 --out m", 65, "number (111)"),
      ("sign --policy p.yaml --key own.key --number 1 --device c --out m", 65, "there is no device of this name"),
      ("simulate --policy p.yaml a b --protocol coap --transport tls --port 1", 1, "may NOT"),
      ("simulate --policy p.yaml a b --protocol cope --transport tls --port 1", 64, "no protocol"),
      ("diff --old p.yaml --new p.yaml", 0, "No list changes."),
      ("import csv p.yaml --out x", 65, "a quote stands within a cell"),
      ("import mud p.yaml --device a --out x", 65, "not JSON"),
    ]
    for (arguments, expected, sentence) in cases {
      let (status, text) = try status(arguments)
      #expect(status == expected && text.contains(sentence), "\(arguments): \(status) \(text)")
    }
    _ = try Shell.run("chmod 644 own.key", in: folder.path)
    #expect(try status("sign --policy p.yaml --key own.key --number 9 --out k").0 == 77)
  }
}

private enum Shell {
  /// Runs a script by bash; what it says on both channels is one text.
  static func run(_ script: String, in folder: String) throws -> (status: Int32, text: String) {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["bash", "-c", script]
    process.currentDirectoryURL = URL(filePath: folder)
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
  }
}
