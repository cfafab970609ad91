import ArgumentParser
import Manager

extension GatewayCommand {
  /// `muster gateway list`: the gateways that the manager knows.
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the gateways that the manager knows.", discussion: managerExitStatuses)
    @OptionGroup var options: ManagerOptions
    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
      try await explainingFailure {
        let page: PageView<GatewayView> = try await options.withClient { try await $0.get("gateways") }
        if json { try Output.json(page.items) } else { Output.table(GatewayView.head, page.items.map(\.row)) }
      }
    }
  }
}

extension GatewayView {
  fileprivate static let head = ["GATEWAY", "STATE", "CONNECTED", "CERTIFICATE", "VALID UNTIL"]

  fileprivate var row: [String] {
    [name, state.rawValue, connected ? "yes" : "no", serial ?? "-", Output.date(notAfter) ?? "-"]
  }
}
