import ArgumentParser
import Foundation
import Manager

extension CertCommand {
  /// `muster cert export`: a certificate, or the evidence of how it came about, as a file.
  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write a certificate or its evidence to a file.",
      discussion: """
        pem: the certificate. chain: its intermediates. csr: the PKCS#10 as the device made it (DER). order: the request \
        to the CA, signed by the manager (CMS, DER), or with a sub-CA of the manager's own what it signed (TBSCertificate). report: the device's signed report (COSE_Sign1).
        """)

    enum Part: String, ExpressibleByArgument, CaseIterable { case pem, chain, csr, order, report }

    @OptionGroup var options: ManagerOptions
    @Argument(help: "Its serial number or SHA-256 fingerprint, in hexadecimal.")
    var serial: String
    @Option(help: "What to write.")
    var part = Part.pem
    @Option(name: [.short, .long], help: ArgumentHelp("The file; standard output without.", valueName: "file"))
    var output: String?
    @Flag(help: "Print the part's name, length and file as JSON. Needs --output.")
    var json = false

    func validate() throws {
      if json, output == nil { throw ValidationError("--json needs --output: standard output cannot hold both.") }
    }

    func run() async throws {
      try await explainingFailure {
        let path = try CertCommand.path(serial)
        let bytes = try await options.withClient { try await $0.bytes("\(path)/\(part.rawValue)") }
        guard let output else {
          FileHandle.standardOutput.write(Data(bytes))
          return
        }
        do {
          try Data(bytes).write(to: URL(fileURLWithPath: output), options: .atomic)
        } catch {
          throw ManagerError(
            .cannotWrite, "\(output) cannot be written: \(error.localizedDescription).",
            remedy: "Give a file in a folder that is there and may be written.")
        }
        if json { try Output.json(Written(part: part.rawValue, bytes: bytes.count, file: output)) }
      }
    }

    private struct Written: Encodable {
      let part: String
      let bytes: Int
      let file: String
    }
  }
}
