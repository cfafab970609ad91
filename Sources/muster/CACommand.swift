import ArgumentParser

/// `muster ca`: the certification authority for tests and demonstrations.
struct CACommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ca",
    abstract: "A test CA: issues what a registration authority orders.",
    discussion: """
      Real certificates, no real trust: whoever can read the directory can issue anything. Begin with 'muster ca init', \
      make a one-time code for the manager with 'muster ca code', then 'muster ca run'. \(exitStatuses)
      """,
    subcommands: [
      Init.self, Run.self, Code.self, Authority.self, Issuer.self, Delegate.self, List.self, Show.self, Export.self,
      Revoke.self,
      Usage.self,
      Audit.self,
      FaultCommand.self,
    ]
  )

  /// The option that all of its commands have.
  struct DirectoryOption: ParsableArguments {
    @Option(name: .customLong("dir"), help: "The CA's directory.")
    var path: String
  }
}
