import ArgumentParser
import Foundation
import MockCA

extension CACommand {
  struct Authority: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "authority", abstract: "List, suspend, resume and limit registration authorities.",
      discussion: """
        An authority is named by the serial number of any of its certificates. Its limits are first those of the code \
        that it enrolled with. 'muster ca revoke' ends one for good. The CA may be running.
        """,
      subcommands: [List.self, Suspend.self, Resume.self, Limit.self])

    struct List: AsyncParsableCommand {
      static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List all registration authorities, oldest first.")

      @OptionGroup var directory: DirectoryOption

      @Flag(help: "One JSON object a line.")
      var json = false

      func run() async throws {
        try await CACommand.explainingFailure {
          let now = Date()
          let records = try await MockCA.authorities(directory: directory.path, now: now)
          for record in records {
            print(json ? try CACommand.jsonLine(record.fields(now: now)) : record.line(now: now))
          }
          if records.isEmpty, !json { print("No registration authority has enrolled yet.") }
        }
      }
    }

    struct Suspend: AsyncParsableCommand {
      static let configuration = CommandConfiguration(
        commandName: "suspend", abstract: "Let an authority order nothing until it is resumed; it can still revoke.")

      @OptionGroup var directory: DirectoryOption
      @Argument(help: "The serial number of any of its certificates.") var serialNumber: String

      func run() async throws {
        try await CACommand.explainingFailure {
          let isNew = try await MockCA.suspend(serialNumber: serialNumber, directory: directory.path, now: Date())
          print(isNew ? "Suspended." : "It was suspended before.")
        }
      }
    }

    struct Resume: AsyncParsableCommand {
      static let configuration = CommandConfiguration(commandName: "resume", abstract: "End a suspension.")

      @OptionGroup var directory: DirectoryOption
      @Argument(help: "The serial number of any of its certificates.") var serialNumber: String

      func run() async throws {
        try await CACommand.explainingFailure {
          let isNew = try await MockCA.resume(serialNumber: serialNumber, directory: directory.path, now: Date())
          print(isNew ? "Resumed." : "It was not suspended.")
        }
      }
    }

    struct Limit: AsyncParsableCommand {
      static let configuration = CommandConfiguration(
        commandName: "limit", abstract: "Change what an authority may order from now on.",
        discussion: "What is not said is not limited any more.")

      @OptionGroup var directory: DirectoryOption
      @Argument(help: "The serial number of any of its certificates.") var serialNumber: String
      @OptionGroup var limits: LimitOptions

      func run() async throws {
        try await CACommand.explainingFailure {
          let limits = limits.limits ?? AuthorityLimits()
          try await MockCA.limit(serialNumber: serialNumber, to: limits, directory: directory.path, now: Date())
          print("Limits: \(limits.line).")
        }
      }
    }
  }
}

extension AuthorityRecord {
  fileprivate func line(now: Date) -> String {
    "\(serialNumber)  \(state(now: now))  \(subject)  until \(notAfter.ISO8601Format())  "
      + "\(certificates) certificates  \(orderedToday) orders today  limits: \(limits.line)"
  }

  fileprivate func fields(now: Date) -> [String: String] {
    [
      "serial": serialNumber, "state": state(now: now), "subject": subject, "enrolled": enrolledAt.ISO8601Format(),
      "notAfter": notAfter.ISO8601Format(), "certificates": String(certificates), "ordersToday": String(orderedToday),
      "limits": limits.line,
    ]
  }
}
