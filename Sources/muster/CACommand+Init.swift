import ArgumentParser
import Foundation
import MockCA

extension CACommand {
  struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "init", abstract: "Make a new CA: random anchor and issuing CA.",
      discussion: "Writes ca.pem (the anchor, give it to whoever shall trust this CA) and chain.pem (the issuing CA).")

    @OptionGroup var directory: DirectoryOption

    @Option(help: "Part of the certificates' names, 1 to 24 printable characters.")
    var name = "Mock CA"

    @Flag(help: "Print where what was made is as JSON.")
    var json = false

    func run() async throws {
      try await CACommand.explainingFailure {
        try MockCA.initialize(directory: directory.path, name: name, now: Date())
        CACommand.warn()
        let anchor = "\(directory.path)/ca.pem"
        let fields = ["anchor": anchor, "chain": "\(directory.path)/chain.pem", "directory": directory.path]
        print(
          json ? try CACommand.jsonLine(fields) : "Made a test CA in \(directory.path); its anchor is \(anchor).")
      }
    }
  }

  /// Says aloud what kind of CA this is, where nobody pipes it away.
  static func warn() {
    FileHandle.standardError.write(
      Data("THIS IS A TEST CA. Never trust it for anything but tests and demonstrations.\n".utf8))
  }
}
