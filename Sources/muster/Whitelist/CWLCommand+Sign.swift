import ArgumentParser
import Edge
import Foundation
import PKI
import Policy
import Whitelist

extension CWLCommand {
  /// `muster cwl sign`: makes devices' lists.
  struct Sign: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Sign the lists of a policy.",
      discussion: """
        Writes DIR/DEVICE.cwl for each device whose thumbprint is known. Numbers must rise: a device refuses a list \
        whose number is not greater than that of the one it has, and reports one with the same number and another \
        content as an alarm. No file is overwritten.
        """)

    @OptionGroup var files: PolicyOptions

    @Option(help: ArgumentHelp("The whitelist signer's private key, PEM or in a token.", valueName: "file"))
    var key: String

    @Option(help: ArgumentHelp("Only this device's list. Repeatable.", valueName: "name"))
    var device: [String] = []

    @Option(help: "The signer's epoch.")
    var epoch: UInt32 = 1

    @Option(help: "The lists' number.")
    var number: UInt64

    @Option(help: ArgumentHelp("The folder; it is made if there is none.", valueName: "dir"))
    var out: String

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
      try await explainingCWL {
        let signer = try KeyFile.read(key)
        let compiled = try files.compiled()
        let names = device.isEmpty ? compiled.policy.devices.filter { $0.thumbprint != nil }.map(\.name) : device
        try? FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
        var written: [[String: String]] = []
        for name in names {
          let device = try compiled.device(name)
          guard !name.contains("/"), !name.hasPrefix("."),
            let terms = compiled.list(of: name, epoch: epoch, number: number, at: UInt64(Date().timeIntervalSince1970))
          else {
            throw PolicyError(.unknownName, at: "'\(name)'", "it has no thumbprint, or a name that no file can have.")
          }
          let list: [UInt8]
          do {
            list = try terms.signed(by: signer, capacity: device.capacity)
          } catch {
            Failure.say("The list of \(name.shown()) was not signed; \(written.count) before it were.")
            throw error
          }
          let path = "\(out)/\(name).cwl"
          try DurableFile.create(path, bytes: list)
          written.append([
            "device": name, "file": path, "entries": "\(terms.entries.count)", "bytes": "\(list.count)",
            "digest": try WhitelistTerms.digest(of: list).hexadecimal,
          ])
        }
        if json {
          try Output.json(written)
        } else {
          for row in written {
            Output.line("\(row["file"] ?? ""): \(row["entries"] ?? "") entries, \(row["bytes"] ?? "") bytes")
          }
        }
      }
    }
  }
}
