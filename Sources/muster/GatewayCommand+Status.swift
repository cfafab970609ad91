import ArgumentParser
import Foundation
import Gateway

extension GatewayCommand {
  /// `muster gateway status`: what the gateway on this machine says about itself.
  struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show the manager's connection and every line, with counters.")

    @Option(help: "The gateway's directory.")
    var dir: String?

    @Option(help: "The socket that `muster gateway run` was given, if any.")
    var statusSocket: String?

    @Flag(help: "Print JSON.")
    var json = false

    mutating func validate() throws {
      if dir == nil && statusSocket == nil { throw ValidationError("Give --dir or --status-socket.") }
    }

    mutating func run() async throws {
      try await reportingFailure {
        let status = try await GatewayStatus.fetch(from: statusSocket ?? GatewayCommand.statusSocket(in: dir ?? "."))
        GatewayCommand.print(json ? try status.json() : Self.text(status))
      }
    }

    private static func text(_ status: GatewayStatus) -> String {
      let manager = status.manager
      var rows = [
        "gateway \(status.gateway), up since \(status.startedAt.formatted(.iso8601)), certificate valid until "
          + status.certificateNotAfter.formatted(.iso8601),
        "manager \(manager.address): "
          + (manager.isConnected ? "connected" : "not connected (\(manager.lastFailure ?? "calling"))"),
      ]
      for line in status.lines { rows += text(line) }
      if let udp = status.udp { rows += text(udp) }
      return rows.joined(separator: "\n")
    }

    private static func text(_ udp: GatewayStatus.UDPStatus) -> [String] {
      let counters = udp.counters
      return [
        "udp \(udp.address): \(udp.endpoints) endpoints, \(udp.verified) verified",
        "  \(counters.sent) datagrams out, \(counters.received) in; \(counters.retransmissions) sent again, "
          + "\(counters.repeated) repeated; \(counters.undelivered) undelivered, \(counters.refused) refused, "
          + "\(counters.limited) over the limits, \(counters.malformed) malformed",
      ]
    }

    private static func text(_ line: GatewayStatus.LineStatus) -> [String] {
      let link = line.link
      let proxy = line.proxy
      let state = line.state == .up ? "up" : "\(line.state.rawValue) (\(line.lastFailure ?? "no device yet"))"
      return [
        "line \(line.name) \(line.specification): \(state) since \(line.since.formatted(.iso8601))",
        "  link   \(link.bytesSent) bytes out, \(link.bytesReceived) in; \(link.messagesSent) messages out, "
          + "\(link.messagesReceived) in; \(link.retransmissions) fragments resent, \(link.framesDamaged) frames "
          + "damaged; \(link.sessions) sessions",
        "  proxy  \(proxy.requestsToManager) requests to the manager, \(proxy.requestsToDevice) to the device, "
          + "\(line.requestsInProgress) in progress; \(proxy.refusals) refused, \(proxy.timeouts) timed out, "
          + "\(proxy.malformed) malformed, \(proxy.unmatched) unmatched",
      ]
    }
  }
}
