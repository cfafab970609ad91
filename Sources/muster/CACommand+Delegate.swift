import ArgumentParser
import Foundation
import MockCA
import PKI
import X509

extension CACommand {
  struct Delegate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "delegate",
      abstract: "Delegate a sub-CA to a manager: one that certifies the devices of its domain by itself.",
      discussion: """
        Only this command makes one, and the anchor's key must be in the directory. The sub-CA may make no further CAs, its \
        names stay in the domain, and what it certifies are TLS clients. 'muster ca list --profile sub-ca' lists them, \
        'muster ca revoke' ends one. The CA may be running.
        """)

    @OptionGroup var directory: DirectoryOption
    @Option(help: ArgumentHelp("The manager's request, PEM: 'muster manager sub-ca request'.", valueName: "file"))
    var csr: String
    @Option(help: "The DNS domain in which its devices have their names, in lower case.")
    var domain: String
    @Option(help: "How long it is valid, in days, 1 to 3650.") var days = 5 * 365
    @Option(help: ArgumentHelp("Where its certificate is to be written, PEM; a new file.", valueName: "file"))
    var out: String

    func run() async throws {
      try await CACommand.explainingFailure {
        guard !FileManager.default.fileExists(atPath: out) else {
          throw PKIError(.fileExists, "The file \(out) is there already.")
        }
        let certificate = try await MockCA.delegate(
          request: CertificationRequest.readPEM(csr), domain: domain, days: days, directory: directory.path,
          now: Date())
        try DurableFile.create(out, bytes: Array(certificate.pem.utf8))
        print(
          "Delegated \(certificate.subject) for \(domain) until \(certificate.notValidAfter.ISO8601Format()): "
            + "\(certificate.serialNumber.hexadecimal).")
      }
    }
  }
}
