import ArgumentParser
import Foundation
import Manager

extension ManagerCommand {
  /// `muster manager run`: works until SIGTERM or SIGINT.
  struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Run the manager until told to stop.",
      discussion: """
        Flags win over the environment (MUSTER_…), that over DIR/manager.yaml. With --json every event is one line of \
        JSON: ready, device, trouble, gateway, identity, waiting, stopping. The administrator's credentials are made in \
        DIR/admin at the first start.
        """)

    @Option(help: ArgumentHelp("The manager's folder, as 'muster manager init' left it.", valueName: "dir"))
    var dir: String

    @Option(help: ArgumentHelp("Where administrators connect; port 0 lets the system choose.", valueName: "host:port"))
    var admin: String?

    @Option(help: ArgumentHelp("Where gateways connect; port 0 lets the system choose.", valueName: "host:port"))
    var gateways: String?

    @Option(
      help: ArgumentHelp(
        "Where health, readiness and metrics are told: a loopback address; by default nowhere.", valueName: "host:port")
    )
    var operations: String?

    @Flag(help: "Print events as lines of JSON.")
    var json = false

    func run() async throws {
      let json = json
      try await explainingFailure {
        var flags: [String: String] = [:]
        flags["admin.listen"] = admin
        flags["gateways.listen"] = gateways
        flags["operations.listen"] = operations
        let configuration = try await ManagerConfiguration.load(
          folder: ManagerFolder(dir), environment: ProcessInfo.processInfo.environment, flags: flags)
        let manager = try Manager(configuration: configuration, logger: configuration.logger) { event in
          Output.line(json ? event.jsonLine : event.line)
        }
        try await manager.runUntilSignalled()
      }
    }
  }
}
