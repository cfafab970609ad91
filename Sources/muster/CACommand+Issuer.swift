import ArgumentParser
import Foundation
import MockCA
import PKI
import X509

extension CACommand {
  struct Issuer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "issuer", abstract: "List issuing CAs, and make another one.",
      discussion: """
        A new one signs once ca.yaml names its number, for one profile ('issuer' there) or for all (at the top), and the CA \
        is started again. What the others signed keeps its CRL and OCSP: that is how one is rolled over. 'muster ca revoke' \
        ends one for good.
        """,
      subcommands: [List.self, Add.self])

    struct List: AsyncParsableCommand {
      static let configuration = CommandConfiguration(commandName: "list", abstract: "List the issuing CAs.")

      @OptionGroup var directory: DirectoryOption

      func run() async throws {
        try await CACommand.explainingFailure {
          let (issuers, primary) = try MockCA.issuers(directory: directory.path)
          for (number, certificate) in issuers {
            print(
              "\(number)\(number == primary ? "*" : " ")  \(certificate.serialNumber.hexadecimal)  \(certificate.subject)  "
                + "until \(certificate.notValidAfter.ISO8601Format())")
          }
        }
      }
    }

    struct Add: AsyncParsableCommand {
      static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Make another issuing CA; the anchor's key must be in the directory.")

      @OptionGroup var directory: DirectoryOption
      @Option(help: "Part of its name, 1 to 24 printable characters.") var name = "Mock CA"
      @Option(help: "Where its key is to be made: a pkcs11: URI with pin-source. Default: a file.") var key: String?

      func run() async throws {
        try await CACommand.explainingFailure {
          let number = try MockCA.addIssuer(directory: directory.path, name: name, keyURI: key, now: Date())
          print("Made issuing CA \(number). Name it in ca.yaml ('issuer: \(number)') and start the CA again.")
        }
      }
    }
  }
}
