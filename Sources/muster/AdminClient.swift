import ArgumentParser
import Foundation
import Manager

/// What every command that talks to the manager's admin API takes.
struct ManagerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The manager's admin listener.", valueName: "url"))
  var manager = "https://127.0.0.1:8443"

  @Option(
    help: ArgumentHelp(
      "The folder with ca.pem, admin.pem and admin.key; by default $MUSTER_CREDENTIALS, else .muster/admin.",
      valueName: "dir"))
  var credentials: String?

  /// Runs `body` with a client of the manager.
  func withClient<Result: Sendable>(_ body: (AdminClient) async throws -> Result) async throws -> Result {
    try await AdminClient.with(manager: manager, credentials: folder, body)
  }

  private var folder: String {
    credentials ?? ProcessInfo.processInfo.environment["MUSTER_CREDENTIALS"] ?? ".muster/admin"
  }
}

/// The exit statuses of everything that runs or asks the manager.
let managerExitStatuses = """
  Exit status: 0 done; 64 the request is wrong; 65 the state forbids it, or the answer is broken; 66 there is no such \
  thing or file; 69 nobody answers; 73 it exists already; 74 the database, or one of a newer program; 75 too much at \
  once; 77 refused; 78 the configuration.
  """

extension AsyncParsableCommand {
  /// Runs `body`; says on standard error what happened, why and what to try, and ends with the failure's own status.
  func explainingFailure(_ body: () async throws -> Void) async throws {
    do {
      try await body()
    } catch let error as ManagerError {
      FileHandle.standardError.write(Data("muster: \(error.reason)\n".utf8))
      if let remedy = error.remedy { FileHandle.standardError.write(Data("  \(remedy)\n".utf8)) }
      throw ExitCode(error.code.exitStatus)
    }
  }
}

/// What the administration commands print.
enum Output {
  /// A line, there at once, also when a program reads it.
  static func line(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }

  static func json(_ value: some Encodable) throws {
    line(String(decoding: try AdminJSON.encoder.encode(value), as: UTF8.self))
  }

  /// Columns as wide as their widest cell.
  static func table(_ head: [String], _ rows: [[String]]) {
    let all = [head] + rows
    let widths = head.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    for row in all {
      let cells = zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
      line(cells.joined(separator: "  ").replacing(/[ ]+$/, with: ""))
    }
  }

  /// Name and value, one a line; what is not there is left out.
  static func fields(_ fields: [(String, String?)]) {
    let width = fields.map(\.0.count).max() ?? 0
    for (name, value) in fields {
      guard let value else { continue }
      line("\(name.padding(toLength: width, withPad: " ", startingAt: 0))  \(value)")
    }
  }

  static func date(_ date: Date?) -> String? {
    date?.formatted(.iso8601)
  }
}
