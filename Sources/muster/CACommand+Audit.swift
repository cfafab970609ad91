import ArgumentParser
import Foundation
import MockCA

extension CACommand {
  struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "audit", abstract: "Print what the CA issued and refused, oldest first.",
      discussion: """
        The CA may be running. Refusals that anybody can cause are one line for each reason and minute, with their count; \
        what else the line says is the first one's, and no more than a claim.
        """)

    @OptionGroup var directory: DirectoryOption

    @Flag(help: "One JSON object a line.")
    var json = false

    @Flag(help: "Check that no row was changed, removed or inserted, and print the newest row's link instead.")
    var verify = false

    @Option(help: "With --verify: a link that was printed and noted earlier, which must still be there.")
    var noted: String?

    func run() async throws {
      try await CACommand.explainingFailure {
        guard !verify else { return try await check() }
        for row in try await MockCA.auditRows(directory: directory.path) {
          print(json ? try row.json() : row.line)
        }
      }
    }

    private func check() async throws {
      let verdict = try await MockCA.checkAudit(directory: directory.path, noted: noted)
      guard verdict.isWhole else {
        throw CACommand.explain(
          verdict.firstBroken.map { "Row \($0) of the audit table does not fit to the one before it." }
            ?? "The noted link is not in the audit table: rows were removed or replaced.",
          remedy: nil, status: 65)
      }
      let fields = ["rows": String(verdict.rows), "head": verdict.head]
      print(
        json ? try CACommand.jsonLine(fields) : "\(verdict.rows) rows, all whole; the newest link is \(verdict.head).")
    }
  }
}

extension AuditRow {
  fileprivate var fields: [(String, String?)] {
    [
      ("date", date.ISO8601Format()), ("event", event), ("reason", reason), ("profile", profile), ("subject", subject),
      ("serial", serialNumber), ("authority", authority), ("transaction", transaction),
      ("count", count > 1 ? String(count) : nil),
    ]
  }

  fileprivate var line: String {
    fields.dropFirst(2).reduce("\(date.ISO8601Format())  \(event)") { line, field in
      field.1.map { "\(line)  \(field.0)=\($0)" } ?? line
    }
  }

  fileprivate func json() throws -> String {
    let present = fields.compactMap { name, value in value.map { (name, $0) } }
    return try CACommand.jsonLine(Dictionary(uniqueKeysWithValues: present))
  }
}
