import ArgumentParser
import Foundation
import MockCA
import PKI

extension CACommand {
  struct Code: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "code",
      abstract:
        "Print a one-time code with which a manager enrols as registration authority, or another client for itself.",
      discussion: "It is shown once and works once. The CA may be running.")

    @OptionGroup var directory: DirectoryOption

    @Option(help: "For how many hours the code can be used, 1 to 720.")
    var hours = 24

    @Option(
      name: .customLong("for"),
      help: "What it is for: ra, or a profile of ca.yaml, for a client that enrols itself by EST.")
    var target = "ra"

    @OptionGroup var limits: LimitOptions

    @Flag(help: "Print the code and its expiry as JSON.")
    var json = false

    func validate() throws {
      guard (1...720).contains(hours) else { throw ValidationError("--hours is a number from 1 to 720.") }
    }

    func run() async throws {
      try await CACommand.explainingFailure {
        let now = Date()
        let lifetime = TimeInterval(hours) * 3_600
        let code = try await MockCA.makeCode(
          directory: directory.path, profile: target, limits: limits.limits, lifetime: lifetime, now: now)
        let fields = ["code": code.text, "expires": (now + lifetime).ISO8601Format()]
        print(json ? try CACommand.jsonLine(fields) : code.text)
      }
    }
  }
}
