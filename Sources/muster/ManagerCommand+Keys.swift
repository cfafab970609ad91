import ArgumentParser
import Manager

extension ManagerCommand {
  /// `muster manager keys`: what the network's root has to sign so that devices find this manager.
  struct Keys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the manager's EDHOC public keys, for 'muster trust sign'.",
      discussion: """
        To change the key: --make-next, have the root sign a descriptor with both, wait until every device has it, end the \
        manager, --rotate, start it, and have a descriptor signed without the old one.
        """)

    @Option(help: ArgumentHelp("The manager's folder.", valueName: "dir"))
    var dir: String
    @Flag(help: "Make the next key if there is none.")
    var makeNext = false
    @Flag(help: "Put the next key in the place of the one in use.")
    var rotate = false
    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
      if makeNext, rotate { throw ValidationError("--make-next and --rotate are two steps with days between.") }
    }

    func run() async throws {
      try await explainingFailure {
        let folder = ManagerFolder(dir)
        if rotate { try folder.rotateKeys() }
        let keys = try folder.publicKeys(makingNext: makeNext)
        if json { return try Output.json(keys) }
        for key in keys {
          Output.line("# \(key.role), thumbprint \(key.thumbprint)")
          Output.line(key.pem.split(separator: "\n").joined(separator: "\n"))
        }
      }
    }
  }
}
