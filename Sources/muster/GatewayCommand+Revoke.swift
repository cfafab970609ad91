import ArgumentParser
import Manager

extension GatewayCommand {
  /// `muster gateway revoke`: shuts a gateway out for good.
  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shut a gateway out for good: its connection ends, and its certificates are withdrawn.",
      discussion: """
        Lists the devices that were ever seen there. Its name may be given to another gateway, with a new key: 'muster \
        gateway enrol NAME'. Given again, the command changes nothing and says so. \(managerExitStatuses)
        """)
    @OptionGroup var options: ManagerOptions
    @Argument(help: "The gateway's name.")
    var name: String
    @Option(help: "Why, by RFC 5280's names, such as keyCompromise.")
    var reason = "unspecified"
    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws { try GatewayCommand.validate(name) }

    func run() async throws {
      try await explainingFailure {
        let step: GatewayStepView = try await options.withClient {
          try await $0.post("gateways/\(name)/revoke", RevocationOrder(reason: reason))
        }
        if json { return try Output.json(step) }
        Output.line(
          step.changed ? "Gateway \(name) is revoked." : "Nothing changed: gateway \(name) is revoked already.")
        if step.connectionClosed { Output.line("Its connection was ended.") }
        for revocation in step.revocations { Output.line("certificate \(revocation.sentence)") }
        Output.line(
          step.devices.isEmpty
            ? "No device was seen there." : "Devices seen there: \(step.devices.joined(separator: ", "))")
      }
    }
  }
}
