import ArgumentParser
import Foundation
import Gateway

extension GatewayCommand {
  /// `muster gateway run`: serves until SIGTERM or SIGINT.
  struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Serve lines until told to stop.",
      discussion: """
        A line is /dev/ttyX[:BAUD], a pseudo-terminal's path, or unix:PATH. Lines may come and go: each is opened \
        when it is there.

        --udp takes CoAP over UDP (RFC 7252) as well. It is off by default, for whoever reaches that port can send to the \
        manager, which believes only what EDHOC and OSCORE protect. Give an address of the network the devices are in. \
        An endpoint is a line named u-ADDRESS-PORT, in hexadecimal, for as long as it is heard of. Senders are limited \
        in rate, and until one has answered a Ping it is sent at most three bytes for each of its own.

        With --json every event is one line of JSON: ready, udp-listening, line-opened, line-up, line-down, \
        line-closed, manager-connected, manager-disconnected, certificate-renewed, certificate-unusable, renewal-failed, stopped. With \
        two thirds of its life behind it the certificate is renewed by itself; so --dir must be writable. A renewed \
        certificate in --dir is taken up by itself.
        """)

    @Option(help: "The gateway's directory, as `muster gateway enrol` left it.")
    var dir: String

    @Option(help: ArgumentHelp("Where the manager listens for gateways.", valueName: "host:port"))
    var manager: String

    @Option(help: "The name in the manager's certificate, when it is not the host's.")
    var managerName: String?

    @Option(
      parsing: .singleValue, help: ArgumentHelp("A line. Give one --line for each.", valueName: "name=spec"))
    var line: [String] = []

    @Option(
      help: ArgumentHelp("Take CoAP over UDP here, for example 192.168.1.1:5683.", valueName: "address:port"))
    var udp: String?

    @Option(help: ArgumentHelp("Write every byte of each line to line-NAME.log here.", valueName: "dir"))
    var trace: String?

    @Option(help: "Where `muster gateway status` asks; by default status.sock in --dir.")
    var statusSocket: String?

    @Flag(help: "Print events as lines of JSON.")
    var json = false

    mutating func run() async throws {
      let json = json
      try await reportingFailure {
        let configuration = try GatewayConfiguration(
          identity: GatewayIdentity(directory: dir), manager: ManagerAddress(parsing: manager),
          managerName: managerName, lines: line.map { try NamedLine(parsing: $0) },
          udp: udp.map { UDPSettings(address: try UDPAddress(parsing: $0)) }, traceDirectory: trace,
          statusSocket: statusSocket ?? GatewayCommand.statusSocket(in: dir))
        let gateway = Gateway(configuration: configuration) { event in
          GatewayCommand.print(json ? event.json(at: .now) : event.text)
        }
        try await gateway.runUntilSignalled()
      }
    }
  }

  static func statusSocket(in directory: String) -> String { "\(directory)/status.sock" }

  /// A line on standard output that is there at once, also when a program reads it.
  static func print(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
  }
}
