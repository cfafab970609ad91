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

    func run() async throws {
      try await CACommand.explainingFailure {
        for row in try await MockCA.auditRows(directory: directory.path) {
          print(json ? try row.json() : row.line)
        }
      }
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
