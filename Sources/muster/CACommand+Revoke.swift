import ArgumentParser
import Foundation
import MockCA

extension CACommand {
  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "revoke", abstract: "Revoke a certificate by its serial number.",
      discussion: """
        Of a registration authority all certificates are revoked, those it renewed too, and it is refused from its next \
        request on; it comes back with a new code ('muster ca code') and a new key. The CA may be running.
        """)

    @OptionGroup var directory: DirectoryOption

    @Argument(help: "The serial number in hexadecimal, with or without colons.")
    var serialNumber: String

    @Flag(help: "Print the serial numbers as JSON.")
    var json = false

    func run() async throws {
      try await CACommand.explainingFailure {
        let revoked = try await MockCA.revoke(serialNumber: serialNumber, directory: directory.path, now: Date())
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
