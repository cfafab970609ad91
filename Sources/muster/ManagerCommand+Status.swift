import ArgumentParser
import Manager

extension ManagerCommand {
  /// `muster manager status`: how the manager is.
  struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show how the manager is.")
    @OptionGroup var options: ManagerOptions
    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
      try await explainingFailure {
        let status: StatusView = try await options.withClient { try await $0.get("status") }
        if json { try Output.json(status) } else { Output.fields(status.fields) }
      }
    }
  }
}

extension ListView {
  fileprivate var sentence: String {
    let read = checkedAt.map { "read \(Output.date($0) ?? "-")" } ?? "never read"
    let trouble = trouble.map { "; \(missed) looks in vain: \($0)" } ?? ""
    return "\(issuer): \(read)\(trouble)"
  }
}

extension StatusView {
  fileprivate var fields: [(String, String?)] {
    let counts = devices.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    return [
      ("network", network), ("devices", counts.isEmpty ? "none" : counts),
      ("gateways", "\(gatewaysConnected) connected"),
      ("orders until", Output.date(registrationAuthorityUntil) ?? "not yet: the CA has not enrolled the manager"),
      ("refused", registrationAuthorityRefusal),
    ] + (lists ?? []).map { ("CA's list", $0.sentence) }
  }
}
