import ArgumentParser
import Foundation
import MockCA

extension CACommand {
  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "revoke", abstract: "Revoke a certificate by its serial number.",
      discussion: "A registration authority so revoked is refused from its next request on. The CA may be running.")

    @OptionGroup var directory: DirectoryOption

    @Argument(help: "The serial number in hexadecimal.")
    var serialNumber: String

    func run() async throws {
      try await MockCA.revoke(serialNumber: serialNumber, directory: directory.path, now: Date())
      print("Revoked \(serialNumber.lowercased()).")
    }
  }
}
