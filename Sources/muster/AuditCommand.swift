import ArgumentParser
import Manager

/// `muster audit`: who did what.
struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Show who did what, and check that nobody changed the record of it.",
    discussion: managerExitStatuses,
    subcommands: [List.self, Verify.self])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the audit trail, oldest first.")
    @OptionGroup var options: ManagerOptions
    @Option(help: ArgumentHelp("Only what concerns this device, gateway or role.", valueName: "name"))
    var subject: String?
    @Option(help: ArgumentHelp("Only what came after this entry.", valueName: "number"))
    var after: Int64?
    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
      try await explainingFailure {
        let all: [AuditEntry] = try await options.withClient {
          try await $0.all("audit", query: after.map { ["after": "\($0)"] } ?? [:])
        }
        let entries = subject.map { subject in all.filter { $0.subject == subject } } ?? all
        if json { try Output.json(entries) } else { Output.table(AuditEntry.head, entries.map(\.row)) }
      }
    }
  }
}

extension AuditEntry {
  fileprivate static let head = ["NUMBER", "AT", "WHO", "WHAT", "WHOM", "DETAIL"]

  fileprivate var row: [String] {
    let detail = detail.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    return ["\(number)", Output.date(at) ?? "-", actor, action, subject, detail]
  }
}
