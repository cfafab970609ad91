import ArgumentParser
import Foundation
import Manager

/// `muster cert`: the certificates that were issued.
struct CertCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cert",
    abstract: "List, show and export certificates, and the evidence for them.",
    discussion: managerExitStatuses,
    subcommands: [List.self, Show.self, Export.self, Evidence.self])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List certificates, oldest first.")
    @OptionGroup var options: ManagerOptions
    @Option(help: ArgumentHelp("Only those of this device.", valueName: "id"))
    var device: String?
    @Option(help: "Only those in this state: issued, delivered, active or superseded.")
    var state: String?
    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
      try await explainingFailure {
        var query: [String: String] = [:]
        query["device"] = device
        query["state"] = state
        let certificates: [CertificateView] = try await options.withClient { [query] in
          try await $0.all("certificates", query: query)
        }
        if json {
          try Output.json(certificates)
        } else {
          Output.table(CertificateView.head, certificates.map(\.row))
        }
      }
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show one certificate.")
    @OptionGroup var options: ManagerOptions
    @Argument(help: "Its serial number or SHA-256 fingerprint, in hexadecimal.")
    var serial: String
    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
      try await explainingFailure {
        let path = try CertCommand.path(serial)
        let certificate: CertificateView = try await options.withClient { try await $0.get(path) }
        if json { try Output.json(certificate) } else { Output.fields(certificate.fields) }
      }
    }
  }

  /// The path of a certificate; only hexadecimal may become part of a URL.
  static func path(_ name: String) throws(ManagerError) -> String {
    guard (2...64).contains(name.utf8.count), name.allSatisfy(\.isHexDigit) else {
      throw ManagerError(
        .invalid, "'\(name.prefix(80))' is no serial number or fingerprint.", remedy: "'muster cert list' shows them.")
    }
    return "certificates/\(name.lowercased())"
  }
}

extension CertificateView {
  /// The columns of `muster cert list`.
  static let head = ["SERIAL", "STATE", "HOLDER", "NAME", "VALID UNTIL"]

  var row: [String] { [serial, state.rawValue, holderKind, holder, Output.date(notAfter) ?? "-"] }

  /// Everything, one field a line.
  var fields: [(String, String?)] {
    [
      ("serial", serial), ("state", state.rawValue), ("holder", "\(holderKind) \(holder)"), ("subject", subject),
      ("issuer", issuer), ("valid from", Output.date(notBefore)), ("valid until", Output.date(notAfter)),
      ("fingerprint", fingerprint), ("key", key), ("order", order), ("refused", refusal),
      ("issued", Output.date(createdAt)),
    ]
  }
}
