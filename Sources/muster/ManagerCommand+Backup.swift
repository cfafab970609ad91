import ArgumentParser
import Foundation
import Manager

extension ManagerCommand {
  /// `muster manager backup`: what a lost manager is rebuilt from.
  struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Copy a manager, running or not, to a new folder.",
      discussion: """
        The copy is a manager's folder itself, with all of its private keys: keep it as you keep them. To go back to it, \
        copy it to the manager's place and run that.
        """)

    @Option(help: ArgumentHelp("The manager's folder.", valueName: "dir"))
    var dir: String
    @Option(help: ArgumentHelp("The folder to make; one that is there is left alone.", valueName: "dir"))
    var to: String
    @Flag(help: "Print JSON.")
    var json = false

    private struct Report: Encodable {
      let dir: String
      let backup: String
    }

    func run() async throws {
      try await explainingFailure {
        let folder = ManagerFolder(dir)
        let configuration = try await ManagerConfiguration.load(
          folder: folder, environment: ProcessInfo.processInfo.environment)
        try folder.backUp(
          to: ManagerFolder(to),
          named: [configuration.authorityAnchor] + [configuration.trustDescriptor].compactMap { $0 })
        if json { return try Output.json(Report(dir: dir, backup: to)) }
        Output.line("\(to) holds all of the manager in \(dir), its private keys included.")
      }
    }
  }
}
