import ArgumentParser

/// `muster manager`: the Certificate Manager.
struct ManagerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manager",
    abstract: "Run a network's Certificate Manager.",
    discussion: managerExitStatuses,
    subcommands: [Init.self, Enrol.self, Keys.self, Backup.self, SubAuthority.self, Run.self, Status.self, Config.self])
}
