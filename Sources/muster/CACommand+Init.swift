import ArgumentParser
import Foundation
import MockCA

extension CACommand {
  struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "init", abstract: "Make a new CA: random anchor and issuing CA.",
      discussion: """
        Writes ca.pem (the anchor, give it to whoever shall trust this CA), chain.pem (the issuing CA) and ca.yaml (what it \
        will issue; edit it before the first start).
        """)

    @OptionGroup var directory: DirectoryOption

    @Option(help: "Part of the certificates' names, 1 to 24 printable characters.")
    var name = "Mock CA"

    @Option(
      help: """
        Where 'muster ca run' will tell certificates' status: http://HOST:PORT. Certificates name it, so it is hard to \
        change later. Default: port 8542 of this machine.
        """)
    var url: String?

    @Option(help: "Where the issuing CA's key is to be made: a pkcs11: URI with pin-source. Default: a file.")
    var issuingKey: String?

    @Option(help: "Where the anchor's key is to be made, likewise.")
    var anchorKey: String?

    @Option(help: "Where the OCSP responder's key is to be made, likewise.")
    var ocspKey: String?

    @Flag(help: "Print where what was made is as JSON.")
    var json = false

    func run() async throws {
      try await CACommand.explainingFailure {
        try MockCA.initialize(
          directory: directory.path, name: name, url: url,
          keys: CAKeyPlaces(anchor: anchorKey, issuing: issuingKey, ocsp: ocspKey), now: Date())
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
