import Foundation
import PKI
import Testing

@testable import Trust

/// The owner's tool as a process: what it writes, what it says, and how it ends.
@Suite("muster trust")
struct CommandTests {
  private let folder: String
  private let authority: String
  private let manager: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "muster-trust-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    authority = "\(folder)/ca.pem"
    manager = "\(folder)/manager.pub"
    try Self.certificate(authority, name: "/O=Plant 7/CN=Device root")
    try PublicKeyFile.pem(Network.key()).write(toFile: manager, atomically: true, encoding: .utf8)
  }

  @Test("The root's key is for its owner alone, and is never overwritten")
  func initialise() throws {
    let made = try muster("trust", "init", "--dir", "\(folder)/owner", "--json")
    #expect(made.status == 0)
    let mode = try FileManager.default.attributesOfItem(atPath: "\(folder)/owner/root.key")[.posixPermissions] as? Int
    #expect(mode == 0o600)
    let root = try PublicKeyFile.read("\(folder)/owner/root.pub")
    #expect(try made.json["thumbprint"] as? String == root.keyThumbprint?.hexadecimal)
    let key = try Data(contentsOf: URL(filePath: "\(folder)/owner/root.key"))
    let again = try muster("trust", "init", "--dir", "\(folder)/owner")
    #expect(again.status == 73 && again.complaint.contains("is not overwritten"))
    #expect(try Data(contentsOf: URL(filePath: "\(folder)/owner/root.key")) == key)
  }

  @Test("A first descriptor, a planned change in two steps, a replacement: each is the next epoch, and shows it")
  func life() throws {
    try initialised()
    let (next, stolen) = ("\(folder)/next.pub", "\(folder)/new.pub")
    for file in [next, stolen] {
      try PublicKeyFile.pem(Network.key()).write(toFile: file, atomically: true, encoding: .utf8)
    }
    #expect(try sign("1").status == 0)
    #expect(try rotate("1", "2", "--next-manager-key", next).status == 0)
    #expect(try rotate("2", "3", "--promote", "manager-key").status == 0)
    #expect(try rotate("3", "4", "--replace-manager-key", stolen, "--next-signer", next).status == 0)
    let expected = [
      [manager], [manager, next], [next], [stolen],
    ].map { try? $0.map { try PublicKeyFile.read($0).keyThumbprint?.hexadecimal ?? "" } }
    for epoch in 1...4 {
      let shown = try muster("trust", "show", "\(folder)/\(epoch)", "--root", "\(folder)/owner/root.pub", "--json")
      let json = try shown.json
      #expect(json["epoch"] as? Int == epoch && json["isVerified"] as? Bool == true)
      #expect(json["managerKeys"] as? [String] == expected[epoch - 1])
      #expect(json["network"] as? String == "Plant 7")
    }
    let text = try muster("trust", "show", "\(folder)/4").output
    #expect(text.contains("NOT VERIFIED") && text.contains("CN=Device root"))
  }

  @Test("The anchor's name in a descriptor is the one that OpenSSL put into the certificate, byte for byte")
  func anchorName() throws {
    try initialised()
    #expect(try sign("1").status == 0)
    let descriptor = Array(try Data(contentsOf: URL(filePath: "\(folder)/1")))
    let terms = try TrustTerms(descriptor: descriptor, root: PublicKeyFile.read("\(folder)/owner/root.pub"))
    let certificate = try run("openssl", ["x509", "-in", authority, "-outform", "DER"]).bytes
    // Issuer and subject of a self-signed certificate.
    #expect(certificate.split(separator: terms.anchors[0].name).count == 3)
    #expect(certificate.firstRange(of: terms.anchors[0].publicKey) != nil)
  }

  @Test("What cannot be is refused with its own status, and says what to do")
  func refusals() throws {
    try initialised()
    #expect(try sign("1").status == 0)
    #expect(try sign("1").status == 73, "a descriptor is there already")
    #expect(try sign("x", "--manager-key", manager).status == 65, "one key twice")
    #expect(try rotate("1", "2").status == 64, "nothing changes")
    let nothing = try rotate("1", "2", "--promote", "anchor")
    #expect(nothing.status == 65 && nothing.complaint.contains("announce one first"))
    #expect(try rotate("1", "2", "--next-manager-key", manager).status == 65, "in force already")
    #expect(try rotate("missing", "2", "--promote", "anchor").status == 66)
    #expect(try rotate("1", "2", "--next-manager-key", "\(folder)/owner/root.key").status == 65, "a private key")
    #expect(try sign("y", "--network", "Plant 8", "--previous", "\(folder)/1").status == 65, "another network")

    #expect(try muster("trust", "init", "--dir", "\(folder)/other").status == 0)
    let other = try muster("trust", "show", "\(folder)/1", "--root", "\(folder)/other/root.pub")
    #expect(other.status == 77 && other.complaint.contains("not signed by this root"))
    let stolen = try rotate("1", "2", "--next-manager-key", manager, root: "other")
    #expect(stolen.status == 77, "another root cannot go on from it")

    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: "\(folder)/owner/root.key")
    #expect(try sign("z").status == 77, "a key that others can read")
  }

  private func initialised() throws {
    #expect(try muster("trust", "init", "--dir", "\(folder)/owner").status == 0)
  }

  private func sign(_ out: String, _ more: String...) throws -> Output {
    let network = more.contains("--network") ? [] : ["--network", "Plant 7"]
    return try run(
      Self.muster,
      ["trust", "sign", "--root-key", "\(folder)/owner/root.key", "--manager-key", manager, "--anchor", authority]
        + ["--out", "\(folder)/\(out)"] + network + more)
  }

  private func rotate(_ previous: String, _ out: String, _ more: String..., root: String = "owner") throws -> Output {
    try run(
      Self.muster,
      ["trust", "rotate", "--root-key", "\(folder)/\(root)/root.key", "--previous", "\(folder)/\(previous)"]
        + ["--out", "\(folder)/\(out)"] + more)
  }

  private func muster(_ arguments: String...) throws -> Output { try run(Self.muster, arguments) }

  private static let muster = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: ".build/debug/muster").path

  private static func certificate(_ path: String, name: String) throws {
    let made = try run(
      "openssl",
      ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "/dev/null"]
        + ["-subj", name, "-out", path])
    try #require(made.status == 0, "\(made.complaint)")
  }
}

private struct Output {
  let status: Int32
  let bytes: [UInt8]
  let complaint: String

  var output: String { String(decoding: bytes, as: UTF8.self) }
  var json: [String: Any] {
    get throws { try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] ?? [:] }
  }
}

private func run(_ program: String, _ arguments: [String]) throws -> Output {
  let process = Process()
  let (output, complaint) = (Pipe(), Pipe())
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = [program] + arguments
  process.standardOutput = output
  process.standardError = complaint
  try process.run()
  let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
  let words = try complaint.fileHandleForReading.readToEnd() ?? Data()
  process.waitUntilExit()
  return Output(
    status: process.terminationStatus, bytes: Array(bytes), complaint: String(decoding: words, as: UTF8.self))
}
