import ArgumentParser

/// `muster gateway`: serial lines on one side, the manager on the other.
struct GatewayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gateway",
    abstract: "Connect devices on serial lines with the manager.",
    discussion: """
      The gateway passes messages on; it needs no trust. Exit codes: 0 done, 64 usage or configuration, 66 the \
      gateway's own files, 69 nobody answers, 73 a file cannot be written, 75 in use by another process.
      """,
    subcommands: [Enrol.self, Run.self, Status.self, List.self, Renew.self, Revoke.self])
}
