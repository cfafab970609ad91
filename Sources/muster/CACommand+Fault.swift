import ArgumentParser
import MockCA

extension CACommand {
  struct FaultCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "fault", abstract: "Have a running CA misbehave, from the next order on.",
      discussion: """
        Without faults it prints those that are set. --clear ends them. Faults are \(Fault.forms). Those that the CA was \
        started with stay.
        """)

    @OptionGroup var directory: DirectoryOption
    @Argument(help: "The faults, in the place of those that are set.") var faults: [Fault] = []
    @Flag(help: "Behave again.") var clear = false

    func validate() throws {
      guard faults.isEmpty || !clear else { throw ValidationError("--clear sets no faults.") }
    }

    func run() async throws {
      try await CACommand.explainingFailure {
        if clear || !faults.isEmpty { try await MockCA.setFaults(faults, directory: directory.path) }
        let set = try await MockCA.faults(directory: directory.path)
        for fault in set { print(fault) }
        if set.isEmpty { print("No fault is set.") }
      }
    }
  }
}
