import ArgumentParser
import Edge
import Policy

extension CWLCommand {
  /// `muster cwl lint`: what an owner should know of a policy.
  struct Lint: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Look a policy through.",
      discussion: """
        Finds edges that only one end can hold to (one-way), devices that may talk to nobody (unreachable), rules that \
        allow more than they need (over-wide) or name nobody (names-nobody), and lists that a device has no room for \
        (does-not-fit). Exit status 1 when there is one.
        """)

    @OptionGroup var files: PolicyOptions

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
      try await explainingCWL {
        let findings = try files.compiled().lint()
        if json {
          try Output.json(findings.map { ["code": $0.code.rawValue, "subject": $0.subject, "reason": $0.reason] })
        } else {
          for finding in findings {
            Output.line("\(finding.code.rawValue): \(finding.subject.shown()): \(finding.reason)")
          }
          Output.line(findings.isEmpty ? "Nothing found." : "\(findings.count) found.")
        }
        guard findings.isEmpty else { throw ExitCode(1) }
      }
    }
  }

  /// `muster cwl diff`: what a change of policy changes.
  struct Diff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show which lists a new policy changes, and how.",
      discussion: "Exit status 1 when there is a difference.")

    @Option(help: ArgumentHelp("The policy before, YAML. Repeatable.", valueName: "file"))
    var old: [String]

    @Option(help: ArgumentHelp("The policy after, YAML. Repeatable.", valueName: "file"))
    var new: [String]

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
      try await explainingCWL {
        let differences = try PolicyOptions.compiled(old).differences(to: PolicyOptions.compiled(new))
        if json {
          try Output.json(differences.map(DifferenceView.init))
        } else {
          for difference in differences { Self.print(difference) }
          Output.line(differences.isEmpty ? "No list changes." : "\(differences.count) lists change.")
        }
        guard differences.isEmpty else { throw ExitCode(1) }
      }
    }

    private static func print(_ difference: PolicyDifference) {
      let life = difference.wasThere ? (difference.isThere ? "" : ", which goes") : ", which is new"
      Output.line("\(difference.device.shown())\(life):")
      for peer in difference.peers {
        for (sign, sentences) in [("-", peer.before), ("+", peer.after)] {
          guard let sentences else { continue }
          for sentence in sentences.isEmpty ? ["anything"] : sentences {
            Output.line("  \(sign) \(peer.name.shown()): \(sentence)")
          }
        }
      }
      for peer in difference.renewed { Output.line("  ~ \(peer.shown()): other certificates") }
    }
  }
}

/// A difference in JSON.
private struct DifferenceView: Encodable {
  struct Peer: Encodable {
    let name: String
    let before: [String]?
    let after: [String]?
  }

  let device: String
  let wasThere: Bool
  let isThere: Bool
  let peers: [Peer]
  let renewed: [String]

  init(_ difference: PolicyDifference) {
    (device, wasThere, isThere) = (difference.device, difference.wasThere, difference.isThere)
    peers = difference.peers.map { Peer(name: $0.name, before: $0.before, after: $0.after) }
    renewed = difference.renewed
  }
}
