import Demo
import Foundation
import Testing

/// All end-to-end tests share one network and so run one after the other.
@Suite("End to end, with boards in QEMU", .serialized)
struct EndToEnd {
  @Suite("An undisturbed enrolment")
  struct EnrolmentTests {
    @Test("The whole way on a board, its certificate verified by OpenSSL", arguments: ["microbit", "mps2-an386"])
    func wholeWay(board: String) async throws {
      try await Laboratory.open().bench(board) { bench in
        try await bench.reaches("pending")
        try await bench.approve()
        try await bench.becomesActive()
        try await expectOneCertificate(bench)
        let serial = try #require(try await bench.certificates().first?["serial"] as? String)
        let workspace = bench.network.workspace
        try await bench.network.exportEvidence(of: bench.id, serial: serial)
        let verified = try await Command.run(
          "openssl",
          [
            "verify", "-x509_strict", "-CAfile", workspace.anchor, "-untrusted", workspace.chain,
            "\(workspace.devices)/\(bench.id).pem",
          ])
        #expect(verified.status == 0, "\(verified.standardError)")
        // The key that the manager knows is the one on the label, where a reader that nobody here wrote finds it.
        let thumbprint = try #require(try await bench.show()["thumbprint"] as? String)
        let codes = try await readQRCodes(bench.label.withLock { $0 })
        #expect(codes == ["MUSTER:1:\(bench.id):\(thumbprint.uppercased())"])
      }
    }

    /// What the QR codes say that a text draws.
    private func readQRCodes(_ text: String) async throws -> [String] {
      let drawing = FileManager.default.temporaryDirectory.appending(path: "muster-label-\(UUID().uuidString)")
      try Data(text.utf8).write(to: drawing)
      defer { try? FileManager.default.removeItem(at: drawing) }
      let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/oracle/read_qr.py"
      let output = try await Command.demand(
        Laboratory.repository + "/.venv/bin/python", [script, drawing.path])
      return output.text.split(separator: "\n").map(String.init)
    }

    @Test("A board's enrolment with its handshake takes at most 2,900 bytes on its line, both ways")
    func bytesOnTheLine() async throws {
      // Known beforehand, so that one call is all the device makes: what a maker does.
      try await Laboratory.open().bench(isListed: true) { bench in
        try await bench.becomesActive()
        // The report's acknowledgement is on its way when the manager says so.
        try await Task.sleep(for: .seconds(1))
        let bytes = try traced(bench)
        #expect(bytes > 1_200, "the trace is not whole: \(bytes) bytes")
        #expect(bytes <= 2_900)
      }
    }

    private func traced(_ bench: Bench) throws -> Int {
      let trace = "\(bench.network.workspace.root)/line-\(bench.id.lowercased()).log"
      return try String(contentsOfFile: trace, encoding: .utf8).split(separator: "\n").reduce(0) { sum, line in
        sum + (line.split(separator: " ").dropFirst(2).first?.count ?? 0) / 2
      }
    }
  }
}
