import ArgumentParser
import Demo
import Foundation
import UnixSignals

/// `muster demo`: a whole network on this machine, boards included.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Show the main job: two boards under QEMU get their certificates.",
    discussion: """
      Starts a test CA, a manager, a gateway and two boards, tells what happens, and stays up until Ctrl-C. Needs QEMU \
      and the boards' firmware: `make demo` gets both. Exit codes: 0 every device is active and OpenSSL verified its \
      certificate, 1 not.
      """)

  @Flag(help: "End as soon as every device is active.")
  var once = false

  @Option(help: "The checkout that has boards/, qemu/ and the firmware.")
  var repository = FileManager.default.currentDirectoryPath

  @Option(help: "The folder for everything the demonstration makes; emptied at the start.")
  var directory = ".demo"

  func run() async throws {
    guard FileManager.default.isExecutableFile(atPath: "\(repository)/qemu/run") else {
      throw ValidationError("\(repository) is no checkout of Muster: it has no qemu/run. Name one with --repository.")
    }
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    let demonstration = Demonstration(
      repository: repository, directory: directory, muster: try Self.executable()
    ) { line in
      print(line)
      fflush(nil)
    }
    let once = once
    do {
      let good = try await withThrowingTaskGroup(of: Bool?.self) { group in
        group.addTask {
          try await demonstration.run { network in
            if once { return }
            await Self.invite(to: network)
            try? await Task.sleep(for: .seconds(86_400 * 365))
          }
        }
        group.addTask {
          for await _ in signals { break }
          return nil
        }
        defer { group.cancelAll() }
        let first = try await group.next() ?? nil
        if first == nil {
          print("\nEnding …")
          group.cancelAll()
          while let rest = try? await group.next() { if let rest { return rest } }
        }
        return first ?? false
      }
      if !good { throw ExitCode(1) }
    } catch let error as DemoError {
      FileHandle.standardError.write(Data("muster demo: \(error)\n".utf8))
      throw ExitCode(1)
    }
  }

  private static func invite(to network: Network) async {
    let options = await network.administration.joined(separator: " ")
    print(
      """

      Everything stays up until Ctrl-C. In another terminal, try:
        muster=\((try? executable()) ?? "muster")
        $muster device list \(options)
        $muster cert list \(options)
        $muster gateway status --dir \(network.workspace.gateway) --status-socket \(network.workspace.sockets)/gateway-status
        tail -f \(network.workspace.root)/line-*.log
      """)
  }

  private static func executable() throws -> String {
    try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  }
}
