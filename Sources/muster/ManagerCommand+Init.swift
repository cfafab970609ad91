import ArgumentParser
import Manager

extension ManagerCommand {
  /// `muster manager init`: makes the folder; the manager enrols itself when it first runs.
  struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a manager's folder.",
      discussion: """
        Writes DIR/manager.yaml, the CA's anchor and the one-time code. Nothing is asked of the CA yet: that is done by \
        'muster manager run', which keeps asking until it gets an answer.
        """)

    @Option(help: ArgumentHelp("The folder to make.", valueName: "dir"))
    var dir: String

    @Option(help: "The network's name: 1 to 32 letters, digits, spaces, '.', '_' or '-'.")
    var network: String

    @Option(help: ArgumentHelp("The CA's base URL, https://HOST:PORT.", valueName: "url"))
    var ca: String

    @Option(help: ArgumentHelp("The CA's anchor, PEM.", valueName: "file"))
    var caAnchor: String

    @OptionGroup var code: CodeOptions

    @Option(help: ArgumentHelp("Gives each device the DNS name <id>.SUFFIX.", valueName: "suffix"))
    var nameSuffix: String?

    @Option(
      help: ArgumentHelp(
        """
        Makes the registration authority's key inside a PKCS#11 token: \
        'pkcs11:token=T;object=NAME?module-path=/…/module.so&pin-source=file:/…'.
        """, valueName: "uri"))
    var raKey: String?

    @Flag(help: "Print what was made as JSON.")
    var json = false

    func run() async throws {
      try await explainingFailure {
        let folder = ManagerFolder(dir)
        try ManagerInitialiser(
          folder: folder, network: network, authorityURL: ca, anchorFile: caAnchor, code: try code.read(),
          nameSuffix: nameSuffix, registrationAuthorityKey: raKey
        ).run()
        if json {
          try Output.json(["configuration": folder.configuration, "network": network])
        } else {
          Output.line("The manager of network '\(network)' is in \(dir).")
          Output.line("Start it with: muster manager run --dir \(dir)")
        }
      }
    }
  }
}
