import Foundation
import Testing

@testable import MockCA

/// The command itself, as a person or a script meets it.
@Suite("muster ca")
struct CommandTests {
  struct Outcome {
    let status: Int32
    let output: String
    let complaint: String
  }

  /// The executable beside the test bundle: both are built by `swift build --build-tests`.
  static var executable: URL {
    var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    while folder.path != "/",
      !FileManager.default.isExecutableFile(atPath: folder.appendingPathComponent("muster").path)
    {
      folder = folder.deletingLastPathComponent()
    }
    return folder.appendingPathComponent("muster")
  }

  private func run(_ arguments: String...) throws -> Outcome {
    let process = Process()
    let (output, complaint) = (Pipe(), Pipe())
    process.executableURL = Self.executable
    process.arguments = ["ca"] + arguments
    (process.standardOutput, process.standardError) = (output, complaint)
    try process.run()
    let said = output.fileHandleForReading.readDataToEndOfFile()
    let complained = complaint.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: String(decoding: said, as: UTF8.self),
      complaint: String(decoding: complained, as: UTF8.self))
  }

  @Test("Every failure is a sentence on standard error and a status of its own, never a raw error")
  func failures() throws {
    let ca = try TestCA()
    let nowhere = ca.directory + "-nowhere"
    for (outcome, status, words) in [
      (try run("init", "--dir", ca.directory), 73, "is not empty"),
      (try run("init", "--dir", nowhere, "--name", "a\nb"), 64, "printable"),
      (try run("code", "--dir", nowhere), 66, "There is no CA"),
      (try run("audit", "--dir", nowhere), 66, "There is no CA"),
      (try run("run", "--dir", nowhere), 66, "There is no CA"),
      (try run("run", "--dir", ca.directory, "--listen", "nobody.invalid:1"), 78, "cannot listen"),
      (try run("revoke", "--dir", ca.directory, "zz"), 64, "hexadecimal"),
      (
        try run("delegate", "--dir", ca.directory, "--csr", nowhere, "--domain", "a.test", "--out", nowhere), 66,
        nowhere
      ),
      (
        try run("delegate", "--dir", ca.directory, "--csr", nowhere, "--domain", "a.test", "--out", ca.directory), 73,
        "there already"
      ),
      (try run("revoke", "--dir", ca.directory, "01:02"), 66, "No certificate"),
    ] as [(Outcome, Int32, String)] {
      #expect(outcome.status == status, "\(outcome)")
      #expect(outcome.complaint.contains("muster: ") && outcome.complaint.contains(words), "\(outcome)")
      #expect(!outcome.complaint.contains("Error:") && outcome.output.isEmpty, "\(outcome)")
    }
  }

  @Test("--json prints one object: of init where things are, of code the code, of revoke the serial numbers")
  func json() async throws {
    let ca = try TestCA()
    let serial = try await ca.makeRA().certificate.serialNumber.hexadecimal
    let made = ca.directory + "-made"
    defer { try? FileManager.default.removeItem(atPath: made) }
    func object(_ outcome: Outcome) throws -> [String: Any] {
      #expect(outcome.status == 0, "\(outcome)")
      return try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    }
    #expect(try object(run("init", "--dir", made, "--json"))["anchor"] as? String == made + "/ca.pem")
    let code = try object(run("code", "--dir", made, "--hours", "1", "--json"))
    #expect((code["code"] as? String)?.count == 39)
    #expect((code["expires"] as? String).flatMap { try? Date($0, strategy: .iso8601) } != nil)
    let colons = stride(from: 0, to: serial.count, by: 2).map { String(serial.dropFirst($0).prefix(2)) }
    let revoked = try object(run("revoke", "--dir", ca.directory, colons.joined(separator: ":").uppercased(), "--json"))
    #expect(revoked["revoked"] as? [String] == [serial])
  }

  @Test("Each kind of failure has the exit status that the manual gives it")
  func statuses() {
    #expect(Set(MockCAError.Code.allCases.map(\.exitStatus)) == [64, 66, 73, 74, 75, 78])
  }
}
