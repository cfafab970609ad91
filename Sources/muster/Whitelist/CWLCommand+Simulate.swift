import ArgumentParser
import Edge
import Policy
import Whitelist

extension CWLCommand {
  /// `muster cwl simulate`: whether one device may call another, and why.
  struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Ask whether one device may call another.",
      discussion: """
        The lists of both ends are made and asked by the code that devices decide with. Exit status 0 when both agree, \
        else 1.
        """)

    @OptionGroup var files: PolicyOptions

    @Argument(help: ArgumentHelp("Who begins.", valueName: "caller"))
    var caller: String

    @Argument(help: ArgumentHelp("Who is called.", valueName: "called"))
    var called: String

    @Option(name: .customLong("protocol"), help: "coap, http, mqtt, opc-ua, modbus, amqp, syslog or a number.")
    var application: String

    @Option(help: "tls, dtls, oscore, quic or a number.")
    var transport: String

    @Option(help: "The port of who is called; 0 for none.")
    var port: UInt16

    @Option(help: ArgumentHelp("The version of TLS or DTLS: 1.2 or 1.3.", valueName: "version"))
    var tls: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
      guard let application = PolicyWords.application(application) else {
        throw ValidationError("There is no protocol '\(application)'.")
      }
      guard let transport = PolicyWords.transport(transport) else {
        throw ValidationError("There is no transport '\(transport)'.")
      }
      let version = tls.flatMap(PolicyWords.tlsVersion)
      guard tls == nil || version != nil else { throw ValidationError("--tls is 1.2 or 1.3.") }
      try await explainingCWL {
        let use = PeerUse(.outward, application, over: transport, port: port, tlsVersion: version)
        let verdict = try files.compiled().simulate(caller, calls: called, use)
        if json { try Output.json(VerdictView(verdict)) } else { say(verdict) }
        guard verdict.isAllowed else { throw ExitCode(1) }
      }
    }

    private func say(_ verdict: PolicyVerdict) {
      Output.line("\(caller.shown()) may \(verdict.isAllowed ? "" : "NOT ")call \(called.shown()) so.")
      for (name, denial) in [(caller, verdict.caller), (called, verdict.called)] {
        Output.line("  the list of \(name.shown()): \(denial.map { "no, \($0) (\($0.rawValue))" } ?? "yes")")
      }
      if !verdict.rules.isEmpty { Output.line("  by: \(verdict.rules.map { $0.shown() }.joined(separator: ", "))") }
    }
  }
}

private struct VerdictView: Encodable {
  let isAllowed: Bool
  let caller: String?
  let called: String?
  let rules: [String]

  init(_ verdict: PolicyVerdict) {
    isAllowed = verdict.isAllowed
    (caller, called) = (verdict.caller.map { "\($0)" }, verdict.called.map { "\($0)" })
    rules = verdict.rules
  }
}
