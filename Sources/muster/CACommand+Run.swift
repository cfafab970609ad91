import ArgumentParser
import Edge
import Foundation
import MockCA

extension CACommand {
  struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "run", abstract: "Serve EST over HTTPS, and CRLs and OCSP over HTTP, until SIGTERM or Ctrl-C.",
      discussion: """
        Paths: /.well-known/est/cacerts, /.well-known/est/ra/simpleenroll, /.well-known/est/PROFILE/fullcmc with the \
        profiles of ca.yaml, and on the status listener /1.crl, /1d.crl (delta), /1.crt, /0.crl, /0.crt (the anchor's) and \
        /1 (OCSP). With --json every event is one line of JSON: status, ready, issued, revoked, refused, listed, status-failed, trouble. Refusals that anybody can cause are told once a minute for each reason; 'muster ca audit' counts them.
        """)

    @OptionGroup var directory: DirectoryOption

    @Option(help: "Where to listen: HOST:PORT; port 0 lets the system choose.")
    var listen = "127.0.0.1:8543"

    @Option(
      help: """
        The port of the status listener, on the same address; 0 lets the system choose. Default: the one of ca.yaml's url.
        """)
    var statusPort: Int?

    @Option(
      name: .customLong("fault"),
      help: "Misbehave; repeat for more: \(Fault.forms). 'muster ca fault' does the same while it runs.")
    var faults: [Fault] = []

    @Flag(help: "Print events as JSON lines.")
    var json = false

    func run() async throws {
      guard let address = HostPort(listen) else { throw ValidationError("'\(listen)' is not HOST:PORT.") }
      let json = json
      try await CACommand.explainingFailure {
        var configuration = MockCAConfiguration(
          directory: directory.path, host: address.host, port: address.port, now: { Date() },
          onEvent: { event in
            print(json ? event.json(host: address.host) : event.line(host: address.host))
            // Whoever reads through a pipe wants each line when it happens.
            fflush(nil)
          })
        configuration.statusPort = statusPort
        configuration.faults = faults
        let service = try await MockCA.build(configuration)
        CACommand.warn()
        try await service.runUntilSignalled()
      }
    }
  }
}

extension MockCAEvent {
  fileprivate func line(host: String) -> String {
    switch self {
    case .statusListening(let port): "Status on http://\(HostPort(host: host, port: port))."
    case .listed(let issuer): "Made the CRLs of issuer \(issuer) anew."
    case .statusFailed(let why): "Certificates' status could not be kept fresh: \(why)"
    case .trouble(let sentence): sentence
    case .revoked(let serialNumber): "Revoked \(serialNumber)."
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
      case .statusListening(let port):
        ["event": "status", "address": "\(HostPort(host: host, port: port))"]
      case .listed(let issuer): ["event": "listed", "issuer": String(issuer)]
      case .statusFailed(let why): ["event": "status-failed", "sentence": why]
      case .trouble(let sentence): ["event": "trouble", "sentence": sentence]
      case .revoked(let serialNumber): ["event": "revoked", "serial": serialNumber]
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

extension Fault: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
