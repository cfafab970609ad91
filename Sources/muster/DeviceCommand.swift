import ArgumentParser
import Foundation
import Manager

/// `muster device`: the devices of the network.
struct DeviceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "device",
    abstract: "List, show, add, approve and enrol devices.",
    discussion: managerExitStatuses,
    subcommands: [List.self, Show.self, Add.self, Approve.self, Enrol.self])
}

extension DeviceView {
  /// The columns of `muster device list`.
  static let head = ["DEVICE", "STATE", "SERIAL", "WHERE", "PROBLEM"]

  var row: [String] {
    [
      id, state.rawValue, serial ?? "-", place ?? "-",
      problem.map { $0.code.rawValue + ($0.held ? " (held)" : "") } ?? "-",
    ]
  }

  /// Everything, one field a line.
  var fields: [(String, String?)] {
    [
      ("device", id), ("state", state.rawValue), ("model", model), ("firmware", firmware), ("where", place),
      ("holds", claims), ("certificate", serial), ("valid until", Output.date(notAfter)),
      ("problem", problem.map { "\($0.code.rawValue): \($0.detail)" }),
      ("", problem?.held == true ? "The manager stopped trying; 'muster device enrol \(id)' starts again." : nil),
      ("last seen", Output.date(seenAt)), ("changed", Output.date(changedAt)), ("known since", Output.date(createdAt)),
    ]
  }

  private var place: String? {
    guard let gateway, let line else { return nil }
    return "\(line).\(gateway)"
  }
}
