import ArgumentParser
import Manager

extension GatewayCommand {
  /// `muster gateway renew`: has a connected gateway renew its certificate now.
  struct Renew: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Have a connected gateway renew its certificate now.",
      discussion: """
        By itself it does so with two thirds of the certificate's life behind it. When the command returns, the gateway has \
        stored the certificate; it connects with it within half a minute, and until then the old one serves. \
        \(managerExitStatuses)
        """)
    @OptionGroup var options: ManagerOptions
    @Argument(help: "The gateway's name.")
    var name: String
    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws { try GatewayCommand.validate(name) }

    func run() async throws {
      try await explainingFailure {
        let gateway: GatewayView = try await options.withClient { try await $0.post("gateways/\(name)/renew") }
        if json { return try Output.json(gateway) }
        Output.line(
          "Gateway \(name) has certificate \(gateway.serial ?? "-"), valid until \(Output.date(gateway.notAfter) ?? "-")."
        )
      }
    }
  }

  /// A path may hold nothing but a name.
  static func validate(_ name: String) throws {
    guard (1...63).contains(name.utf8.count), name.utf8.allSatisfy({ $0 != 0x2F && (0x2D...0x7A).contains($0) }) else {
      throw ValidationError("'\(name.prefix(64))' cannot name a gateway.")
    }
  }
}
