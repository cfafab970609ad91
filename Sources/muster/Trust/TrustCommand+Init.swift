import ArgumentParser
import Crypto
import Foundation
import PKI

extension TrustCommand {
  /// `muster trust init`: makes the root.
  struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a trust root.",
      discussion: """
        Writes DIR/root.key, which only its owner can read, and DIR/root.pub. Who has the key decides whom every \
        device believes, and no message to a device can take that back: keep it off every networked machine, twice. \
        Nothing is ever overwritten.
        """)

    @Option(help: ArgumentHelp("The folder; it is made if there is none.", valueName: "dir"))
    var dir: String

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
      try await explainingTrust {
        try? FileManager.default.createDirectory(
          atPath: dir, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let root = try KeyFile.create("\(dir)/root.key")
        let publicKey = Array(root.publicKey.rawRepresentation)
        try DurableFile.create("\(dir)/root.pub", bytes: Array(PublicKeyFile.pem(publicKey).utf8))
        let thumbprint = publicKey.keyThumbprint?.hexadecimal ?? ""
        if json {
          try Output.json(["key": "\(dir)/root.key", "public": "\(dir)/root.pub", "thumbprint": thumbprint])
        } else {
          Output.line("The trust root \(thumbprint) is in \(dir).")
          Output.line("Keep root.key offline; devices are provisioned with root.pub and a descriptor.")
          Output.line(
            "Sign the first one with: muster trust sign --root-key \(dir)/root.key --network NAME "
              + "--manager-key FILE --anchor FILE --out FILE")
        }
      }
    }
  }
}
