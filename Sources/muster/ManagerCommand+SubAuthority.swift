import ArgumentParser
import Foundation
import Manager

extension ManagerCommand {
  /// `muster manager sub-ca`: a CA of the manager's own, delegated by the network's CA.
  struct SubAuthority: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "sub-ca", abstract: "Get a sub-CA, so that the manager certifies devices by itself.",
      discussion: """
        'request' prints a request, 'muster ca delegate' at the CA makes a certificate of it, 'install' puts that into the \
        manager's folder. With 'connector: local' in manager.yaml the manager uses it from its next start on.
        """,
      subcommands: [Request.self, Install.self])

    struct Request: AsyncParsableCommand {
      static let configuration = CommandConfiguration(
        abstract: "Print the request for a sub-CA, PEM; its key is made if there is none.")

      @Option(help: ArgumentHelp("The manager's folder.", valueName: "dir"))
      var dir: String
      @Option(
        help: ArgumentHelp(
          "Makes the key inside a PKCS#11 token, as --ra-key of 'muster manager init'.", valueName: "uri"))
      var key: String?

      func run() async throws {
        try await explainingFailure {
          Output.line(try await files(dir).request(keyIn: key).trimmingCharacters(in: .newlines))
        }
      }
    }

    struct Install: AsyncParsableCommand {
      static let configuration = CommandConfiguration(
        abstract: "Put the sub-CA's certificate into the manager's folder, once it is known to fit.")

      @Option(help: ArgumentHelp("The manager's folder.", valueName: "dir"))
      var dir: String
      @Option(help: ArgumentHelp("The certificate, PEM, as 'muster ca delegate' wrote it.", valueName: "file"))
      var chain: String

      func run() async throws {
        try await explainingFailure {
          let end = try await files(dir).install(chain, now: Date())
          Output.line("The sub-CA is in \(dir) and ends at \(end.ISO8601Format()).")
        }
      }
    }

    private static func files(_ dir: String) async throws -> SubAuthorityFiles {
      SubAuthorityFiles(
        configuration: try await ManagerConfiguration.load(
          folder: ManagerFolder(dir), environment: ProcessInfo.processInfo.environment))
    }
  }
}
