import ArgumentParser
import Foundation
import Manager
import PKI
import X509

/// `muster verify-evidence`: offline, with nothing but the anchor.
struct VerifyEvidenceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify-evidence",
    abstract: "Check the evidence of how a certificate came about.",
    discussion: """
      Files of 'muster cert evidence'. Needs no manager and no network. Exit status: 0 all are genuine; 64 the request is \
      wrong; 65 one proves nothing, and why; 66 a file cannot be read.
      """)

  @Argument(help: ArgumentHelp("The evidence.", valueName: "file"))
  var files: [String]
  @Option(help: ArgumentHelp("The CA's anchor, in PEM, from a source that you trust.", valueName: "file"))
  var anchor: String
  @Flag(help: "Print one JSON object a file.")
  var json = false

  func run() async throws {
    try await explainingFailure {
      let anchors: [Certificate]
      do {
        anchors = try Certificate.readPEM(anchor)
      } catch let error as PKIError {
        throw ManagerError(.unreadableFile, error.reason)
      }
      for file in files {
        let bundle = try EvidenceBundle(file: file)
        do {
          let verdict = try await bundle.verify(anchors: anchors)
          if json { try Output.json(verdict) } else { tell(file, verdict) }
        } catch let fault as EvidenceFault {
          throw ManagerError(.protocolViolation, "\(file) proves nothing (\(fault.rawValue)): \(fault.sentence)")
        }
      }
    }
  }

  private func tell(_ file: String, _ verdict: EvidenceVerdict) {
    Output.line(
      "\(file): \(verdict.device) asked for certificate \(verdict.serial) with a key of its own, \(verdict.orderedBy) signed "
        + "over the request on \(Output.date(verdict.orderedAt) ?? "-"), and "
        + (verdict.proof == "report"
          ? "the device holds it." : "the device enrols over EST: that it installed it, nothing here shows."))
  }
}
