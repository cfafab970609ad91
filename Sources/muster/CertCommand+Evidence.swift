import ArgumentParser
import Foundation
import Manager

extension CertCommand {
  /// `muster cert evidence`: everything that proves how a certificate came about, in one file.
  struct Evidence: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write the evidence of how a certificate came about to one file.",
      discussion: """
        The device's request, the manager's signature over it, the certificate with its chain, and the device's signed report. \
        'muster verify-evidence' checks it with nothing but the CA's anchor. Not for certificates of a manager's own sub-CA.
        """)

    @OptionGroup var options: ManagerOptions
    @Argument(help: "The certificate's serial number or SHA-256 fingerprint, in hexadecimal.")
    var serial: String
    @Option(name: [.short, .long], help: ArgumentHelp("The file; standard output without.", valueName: "file"))
    var output: String?

    func run() async throws {
      try await explainingFailure {
        let path = try CertCommand.path(serial)
        let bundle = try await options.withClient { client in
          func part(_ name: String) async throws -> [UInt8] { try await client.bytes("\(path)/\(name)") }
          let certificate: CertificateView = try await client.get(path)
          let device: DeviceView? =
            certificate.holderKind == "device" ? try await client.get("devices/\(certificate.holder)") : nil
          // Over EST a device reports nothing: its request is what it signed.
          let report = device?.profile == nil ? try await part("report") : []
          return EvidenceBundle(
            certificate: String(decoding: try await part("pem"), as: UTF8.self),
            chain: String(decoding: try await part("chain"), as: UTF8.self), request: try await part("csr"),
            order: try await part("order"), report: report)
        }
        guard bundle.isOrdered else {
          throw ManagerError(
            .conflict, "The manager's own sub-CA made this certificate: there is no order to a CA to be shown.",
            remedy: "'muster cert export' has its chain, the device's request and its report.")
        }
        guard let output else {
          FileHandle.standardOutput.write(try bundle.json)
          return
        }
        do {
          try bundle.json.write(to: URL(fileURLWithPath: output), options: .atomic)
        } catch {
          throw ManagerError(
            .cannotWrite, "\(output) cannot be written: \(error.localizedDescription).",
            remedy: "Give a file in a folder that is there and may be written.")
        }
      }
    }
  }
}
