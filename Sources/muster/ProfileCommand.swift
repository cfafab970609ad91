import ArgumentParser
import Foundation
import Manager
import PKI

/// `muster profile`: what devices may ask for.
struct ProfileCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile", abstract: "Check enrolment profiles.", subcommands: [Check.self])

  /// `muster profile check`: a dry run, which needs no manager.
  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check a file of enrolment profiles, and what would become of a request.",
      discussion: """
        Nothing is ordered. Exit status: 0 all is well, and the request would be ordered; 64 the command is wrong; 66 a file \
        cannot be read; 77 the request would be refused; 78 the file has faults.
        """)

    @Argument(help: ArgumentHelp("The profiles, YAML.", valueName: "file"))
    var file: String
    @Option(help: ArgumentHelp("A certification request to be judged, PEM or DER.", valueName: "file"))
    var csr: String?
    @Option(help: ArgumentHelp("By this profile only.", valueName: "name"))
    var profile: String?
    @Option(help: "The network's name, for judging a request.")
    var network: String?
    @Option(help: ArgumentHelp("The suffix of the network's DNS names, for judging a request.", valueName: "suffix"))
    var nameSuffix: String?
    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
      if csr != nil, network == nil { throw ValidationError("A request is judged for a network: give --network.") }
    }

    func run() async throws {
      try await explainingFailure {
        var check = try ProfileCheck(
          file: file, request: try csr.map(Self.request), network: network ?? "", nameSuffix: nameSuffix)
        if let profile {
          guard check.profiles.contains(profile) || !check.faults.isEmpty else {
            throw ManagerError(
              .notFound, "\(file) has no profile '\(profile)'.",
              remedy: "It has \(check.profiles.joined(separator: ", ")).")
          }
          check.verdicts.removeAll { $0.profile != profile }
        }
        if json { try Output.json(check) } else { tell(check) }
        if !check.faults.isEmpty { throw ExitCode(ManagerError.Code.configuration.exitStatus) }
        if csr != nil, !check.verdicts.contains(where: \.ordered) {
          throw ExitCode(ManagerError.Code.refused.exitStatus)
        }
      }
    }

    private func tell(_ check: ProfileCheck) {
      for fault in check.faults {
        Output.line("\(file):\(fault.line): \(fault.key): \(fault.reason) \(fault.remedy)")
      }
      if check.faults.isEmpty { Output.line("\(file) is good: \(check.profiles.joined(separator: ", ")).") }
      for verdict in check.verdicts {
        let name = "\(verdict.profile) (version \(verdict.version))"
        if verdict.ordered {
          let names =
            (verdict.names ?? []).isEmpty ? "without names" : "for \((verdict.names ?? []).joined(separator: ", "))"
          Output.line("\(name): would be ordered for device \(verdict.device ?? "-"), \(names).")
        } else {
          Output.line("\(name): would be refused (\(verdict.refusal ?? "-")): \(verdict.sentence ?? "")")
        }
      }
    }

    /// PEM, or whatever else is in the file: if that is no request, the verdict says so.
    private static func request(_ file: String) throws -> [UInt8] {
      if let bytes = try? CertificationRequest.readPEM(file) { return bytes }
      guard let bytes = FileManager.default.contents(atPath: file) else {
        throw ManagerError(.notFound, "The file \(file) cannot be read.")
      }
      return Array(bytes)
    }
  }
}
