import ArgumentParser
import PKI
import Policy

extension CWLCommand {
  /// `muster cwl import`: parts of a policy from what engineers and manufacturers write.
  struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a part of a policy from a table or a MUD file.", subcommands: [CSV.self, MUD.self])
  }

  /// `muster cwl import csv`: devices or connections from a table.
  struct CSV: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Devices or connections from a table (RFC 4180).",
      discussion: """
        A table of devices has the columns device, thumbprint, labels, issuer, serialNumber, pin, maxEntries, maxBytes; \
        one of connections name, from, to, protocol, transport, port, leastTLS. Several values in one cell are \
        separated by spaces. The result is given beside the rest of the policy, as another --policy.
        """)

    @Argument(help: ArgumentHelp("The table.", valueName: "file"))
    var table: String

    @Option(
      name: [.short, .long], help: ArgumentHelp("The part of the policy; no file is overwritten.", valueName: "file"))
    var out: String

    func run() async throws {
      try await explainingCWL {
        let part = try PolicyPart(csv: DurableFile.readText(table), file: table)
        try DurableFile.create(out, bytes: Array(part.yaml.utf8))
        Output.line("\(part.devices.count) devices and \(part.rules.count) rules are in \(out).")
      }
    }
  }

  /// `muster cwl import mud`: rules from a manufacturer's description.
  struct MUD: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Rules from a MUD file (RFC 8520).",
      discussion: """
        A peer that the file names must stand for devices of the policy, by --peer 'NAME=SELECTOR': 'controller URI', \
        'my-controller', 'same-manufacturer', 'manufacturer NAME', 'model URI' or 'dns NAME'. What a whitelist cannot \
        express is refused by name. The file's signature is not looked at.
        """)

    @Argument(help: ArgumentHelp("The MUD file, JSON.", valueName: "file"))
    var file: String

    @Option(
      help: ArgumentHelp(
        "The devices that it describes: a name, a pattern, label:NAME. Repeatable.", valueName: "selector"))
    var device: [String]

    @Option(help: ArgumentHelp("Whom a name in the file stands for. Repeatable.", valueName: "name=selector"))
    var peer: [String] = []

    @Option(
      name: [.short, .long], help: ArgumentHelp("The part of the policy; no file is overwritten.", valueName: "file"))
    var out: String

    func run() async throws {
      try await explainingCWL {
        var peers: [String: [PolicySelector]] = [:]
        for text in peer {
          guard let sign = text.lastIndex(of: "="),
            let selector = PolicySelector(String(text[text.index(after: sign)...]))
          else { throw ValidationError("'\(text)' is not NAME=SELECTOR.") }
          peers[String(text[..<sign]), default: []].append(selector)
        }
        let devices = try device.map { text in
          guard let selector = PolicySelector(text) else { throw ValidationError("'\(text)' names no devices.") }
          return selector
        }
        let part = try PolicyPart(mud: DurableFile.readBytes(file), file: file, devices: devices, peers: peers)
        try DurableFile.create(out, bytes: Array(part.yaml.utf8))
        Output.line("\(part.rules.count) rules are in \(out).")
      }
    }
  }
}
