import ArgumentParser
import Foundation
import Manager

extension ManagerCommand {
  /// `muster manager config`: the configuration, looked at without running the manager.
  struct Config: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Look at a manager's configuration.", subcommands: [Check.self])
  }
}

extension ManagerCommand.Config {
  /// `muster manager config check`: what would keep the manager from starting.
  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say what would keep a manager from starting.",
      discussion: """
        Reads manager.yaml, the environment and every file they name, and opens the listeners' ports for a moment unless \
        a manager is running on the folder. Nothing is made, changed or sent. Exit status: 0 when a manager could start, \
        78 when not.
        """)

    @Option(help: ArgumentHelp("The manager's folder.", valueName: "dir"))
    var dir: String
    @Flag(help: "Print JSON.")
    var json = false

    private struct Report: Encodable {
      let good: Bool
      let findings: [ConfigurationCheck.Finding]
    }

    func run() async throws {
      let check = await ConfigurationCheck(
        folder: ManagerFolder(dir), environment: ProcessInfo.processInfo.environment)
      if json {
        try Output.json(Report(good: check.isGood, findings: check.findings))
      } else {
        for finding in check.findings {
          Output.line("\(finding.isGood ? "good " : "WRONG")  \(finding.part): \(finding.detail)")
          if let remedy = finding.remedy { Output.line("       \(remedy)") }
        }
      }
      guard check.isGood else { throw ExitCode(ManagerError.Code.configuration.exitStatus) }
    }
  }
}
