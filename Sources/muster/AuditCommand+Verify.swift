import ArgumentParser
import Foundation
import Manager

extension AuditCommand {
  /// `muster audit verify`: from the files alone.
  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check that no entry was changed, removed, inserted or moved.",
      discussion: """
        Reads the folder of a manager, running or not, or a backup. Its audit-checkpoint.json says how far the trail went when \
        the manager last signed, at most a minute ago while it runs. Copy that file away now and then: a checkpoint that is \
        elsewhere holds against who can write to the whole folder.
        """)

    @Option(help: ArgumentHelp("The manager's folder.", valueName: "dir"))
    var dir: String
    @Option(
      help: ArgumentHelp(
        "A checkpoint that was copied away, which the trail must still hold; repeat for more.", valueName: "file"))
    var checkpoint: [String] = []
    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
      try await explainingFailure {
        let verdict = try await ManagerFolder(dir).verifyAudit(noted: checkpoint)
        if json { try Output.json(verdict) }
        if let reason = verdict.reason {
          throw ManagerError(.conflict, reason, remedy: "Keep this folder as it is, and compare it with a backup.")
        }
        guard !json else { return }
        Output.line(
          "\(verdict.entries) entries, all whole; signed up to \(verdict.signedEntry) at \(Output.date(verdict.signedAt) ?? "-")."
        )
      }
    }
  }
}
