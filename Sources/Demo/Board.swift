import Foundation

/// A board under QEMU: real firmware, real flash content, a Unix socket for its serial line.
public actor Board {
  /// What is on the label, and in the factory page of its flash.
  public nonisolated let serialNumber: String
  /// The folder of `boards/` it is built from.
  public nonisolated let kind: String
  /// The socket that is its serial line.
  public nonisolated let line: String
  private let program: Program

  /// - Parameters:
  ///   - kind: a folder of `boards/`.
  ///   - repository: where `boards/`, `qemu/` and the firmware are.
  public init(
    _ kind: String, serialNumber: String, repository: String, workspace: Workspace, events: EventLog, record: PIDRecord
  ) {
    self.kind = kind
    self.serialNumber = serialNumber
    line = "\(workspace.sockets)/\(serialNumber)"
    program = Program(
      serialNumber, executable: "\(repository)/qemu/run",
      arguments: [
        kind, "--socket", line, "--flash", "\(workspace.flash)/\(serialNumber)", "--serial-number", serialNumber,
      ],
      events: events, logPath: workspace.log(of: serialNumber), record: record)
  }

  /// Switches it on; returns when its line can be opened.
  public func switchOn() async throws {
    try await program.start()
    for _ in 0..<200 {
      if FileManager.default.fileExists(atPath: line) { return }
      try await Task.sleep(for: .milliseconds(50))
    }
    throw DemoError("the board \(serialNumber) did not start", hint: "see the log named after it")
  }

  /// Takes its power away and gives it back at once: the flash stays, all else is lost.
  public func cyclePower() async { await program.send(SIGUSR1) }

  /// Switches it off and keeps its flash in a file.
  public func switchOff() async { await program.stop() }
}
