import ArgumentParser
import Foundation
import Manager

/// `muster device`: the devices of the network.
struct DeviceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "device",
    abstract: "List, show, add, import, approve, enrol, suspend and revoke devices.",
    discussion: managerExitStatuses,
    subcommands: [
      List.self, Show.self, Add.self, Import.self, Invite.self, Approve.self, Enrol.self, Acknowledge.self, Reset.self,
      Suspend.self, Resume.self, Revoke.self, Decommission.self,
    ])
}

extension DeviceView {
  /// The columns of `muster device list`.
  static let head = ["DEVICE", "STATE", "SERIAL", "WHERE", "KEY", "PROBLEM"]

  var row: [String] {
    [
      id, state.rawValue, serial ?? "-", place ?? "-", key,
      alarm.map { "ALARM \($0.code.rawValue)" } ?? problem.map { $0.code.rawValue + ($0.held ? " (held)" : "") } ?? "-",
    ]
  }

  /// Everything, one field a line.
  var fields: [(String, String?)] {
    [
      ("device", id), ("state", state.rawValue), ("thumbprint", thumbprint), ("model", model), ("firmware", firmware),
      ("where", place), ("over EST by", profile),
      ("holds", claims), ("certificate", serial), ("valid until", Output.date(notAfter)),
      ("problem", problem.map { "\($0.code.rawValue): \($0.detail)" }),
      ("", problem?.held == true ? "The manager stopped trying; 'muster device enrol \(id)' starts again." : nil),
      ("alarm", alarm.map { "\($0.code.rawValue): \($0.detail)" }),
      ("", alarm == nil ? nil : "Look into it, then 'muster device acknowledge \(id)'."),
      ("revoked", revocations.flatMap { $0.isEmpty ? nil : $0.map(\.sentence).joined(separator: "; ") }),
      (
        "places",
        places.map { $0.map { "\($0.line).\($0.gateway) since \(Output.date($0.since) ?? "-")" } }?.joined(
          separator: ", ")
      ),
      ("last seen", Output.date(seenAt)), ("changed", Output.date(changedAt)), ("known since", Output.date(createdAt)),
    ]
  }

  /// The whole thumbprint while somebody has to compare it with a label, else its beginning.
  private var key: String {
    guard let thumbprint else { return "-" }
    return state == .pending ? thumbprint : String(thumbprint.prefix(16))
  }

  private var place: String? {
    guard let gateway, let line else { return nil }
    return "\(line).\(gateway)"
  }
}

extension RevocationView {
  /// Who withdrew it, and whether the CA knows.
  var sentence: String {
    let date = { (date: Date) in Output.date(date) ?? "-" }
    guard source == .manager else { return "\(serial) (\(reason)) by the CA, taken over here at \(date(revokedAt))" }
    let known =
      toldAt.map { "CA told at \(date($0))" }
      ?? "the CA is not told yet" + (trouble.map { ": \($0)" } ?? "")
    return "\(serial) (\(reason)) here at \(date(revokedAt)), \(known)"
  }
}
