import ArgumentParser
import Edge
import Foundation
import MockCA

extension CACommand {
  struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "run", abstract: "Serve EST over HTTPS until SIGTERM or Ctrl-C.",
      discussion: """
        Paths: /.well-known/est/cacerts, /.well-known/est/ra/simpleenroll, and \
        /.well-known/est/{device,gateway,server,ra}/fullcmc. With --json every event is one line of JSON: ready, issued, \
        refused. Refusals that anybody can cause are told once a minute for each reason; 'muster ca audit' counts them.
        """)

    @OptionGroup var directory: DirectoryOption

    @Option(help: "Where to listen: HOST:PORT; port 0 lets the system choose.")
    var listen = "127.0.0.1:8543"

    @Flag(help: "Print events as JSON lines.")
    var json = false

    func run() async throws {
      guard let address = HostPort(listen) else { throw ValidationError("'\(listen)' is not HOST:PORT.") }
      let json = json
      try await CACommand.explainingFailure {
        let service = try await MockCA.build(
          MockCAConfiguration(
            directory: directory.path, host: address.host, port: address.port, now: { Date() },
            onEvent: { event in
              print(json ? event.json(host: address.host) : event.line(host: address.host))
              // Whoever reads through a pipe wants each line when it happens.
              fflush(nil)
            }))
        CACommand.warn()
        try await service.runUntilSignalled()
      }
    }
  }
}

extension MockCAEvent {
  fileprivate func line(host: String) -> String {
    switch self {
    case .listening(let port): "Listening on https://\(HostPort(host: host, port: port))."
    case .issued(let profile, let serialNumber, let subject): "Issued \(profile) \(serialNumber) to \(subject)."
    case .refused(let reason, let sentence): "Refused (\(reason)): \(sentence)"
    }
  }

  fileprivate func json(host: String) -> String {
    let fields: [String: String] =
      switch self {
      case .listening(let port):
        ["event": "ready", "address": "\(HostPort(host: host, port: port))"]
      case .issued(let profile, let serialNumber, let subject):
        ["event": "issued", "profile": profile, "serial": serialNumber, "subject": subject]
      case .refused(let reason, let sentence): ["event": "refused", "reason": reason, "sentence": sentence]
      }
    return (try? CACommand.jsonLine(fields)) ?? "{}"
  }
}

extension CACommand {
  /// One JSON object of strings, keys in alphabetical order.
  static func jsonLine(_ fields: [String: String]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(fields), as: UTF8.self)
  }
}
