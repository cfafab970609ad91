import ArgumentParser
import Foundation
import MockCA
import PKI

extension CACommand {
  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "revoke", abstract: "Revoke a certificate by its serial number.",
      discussion: """
        It is in the CRL and in OCSP before this command ends. Of a registration authority all certificates are revoked, those it renewed too, and it is refused from its next \
        request on; it comes back with a new code ('muster ca code') and a new key. The CA may be running.
        """)

    @OptionGroup var directory: DirectoryOption

    @Argument(help: "The serial number in hexadecimal, with or without colons.")
    var serialNumber: String

    @Option(help: "Why: \(RevocationReason.allCases.map(\.name).joined(separator: ", ")). CRL and OCSP say it.")
    var reason = RevocationReason.unspecified.name

    @Option(help: "What is to be remembered about it; only this CA's people see it.")
    var comment: String?

    @Flag(help: "Print the serial numbers as JSON.")
    var json = false

    func validate() throws {
      guard RevocationReason(name: reason) != nil else { throw ValidationError("'\(reason)' is no reason.") }
    }

    func run() async throws {
      try await CACommand.explainingFailure {
        let revoked = try await MockCA.revoke(
          serialNumber: serialNumber, reason: RevocationReason(name: reason) ?? .unspecified, comment: comment,
          directory: directory.path, now: Date())
        if json {
          let encoder = JSONEncoder()
          encoder.outputFormatting = [.sortedKeys]
          print(String(decoding: try encoder.encode(["revoked": revoked]), as: UTF8.self))
        } else if revoked.isEmpty {
          print("It was revoked before.")
        } else {
          for serial in revoked { print("Revoked \(serial).") }
        }
      }
    }
  }
}
