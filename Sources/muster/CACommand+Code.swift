import ArgumentParser
import Foundation
import MockCA
import PKI

extension CACommand {
  struct Code: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "code", abstract: "Print a one-time code with which a manager enrols as registration authority.",
      discussion: "It is shown once and works once. The CA may be running.")

    @OptionGroup var directory: DirectoryOption

    @Option(help: "For how many hours the code can be used, 1 to 720.")
    var hours = 24

    func validate() throws {
      guard (1...720).contains(hours) else { throw ValidationError("--hours is a number from 1 to 720.") }
    }

    func run() async throws {
      let code = try await MockCA.makeCode(
        directory: directory.path, lifetime: TimeInterval(hours) * 3_600, now: Date())
      print(code.text)
    }
  }
}
