import ArgumentParser
import Foundation
import Manager

extension DeviceCommand {
  /// `muster device import`: a factory list.
  struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make the devices of a factory list known.",
      discussion: """
        The list has lines of id,thumbprint,model, as 'muster provision --factory-list' writes them; a heading, blank lines \
        and lines beginning with # are passed over. Every bad line is told with its number and reason, and as long as there \
        is one nothing is written, unless --skip-bad says so. A list may be given again. Exit status 65: there are bad lines.
        """)

    @OptionGroup var options: ManagerOptions
    @Argument(help: ArgumentHelp("The list; '-' reads it from standard input.", valueName: "file.csv"))
    var file: String
    @Flag(help: "Only say what would be done.")
    var dryRun = false
    @Flag(help: "Take the good lines all the same.")
    var skipBad = false
    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
      try await explainingFailure {
        let text = try read()
        let query = ["dry-run": "\(dryRun)", "skip-bad": "\(skipBad)"]
        let report: ImportReport = try await options.withClient {
          try await $0.post("devices/import", text: text, query: query)
        }
        if json { try Output.json(report) } else { show(report) }
        if !report.faults.isEmpty, !skipBad { throw ExitCode(ManagerError.Code.conflict.exitStatus) }
      }
    }

    private func read() throws -> String {
      let handle = file == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: file)
      guard let handle, let bytes = try? handle.readToEnd() ?? Data() else {
        throw ManagerError(.unreadableFile, "The file \(file) cannot be read.", remedy: "Give a factory list.")
      }
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw ManagerError(.invalid, "The file \(file) is not UTF-8.", remedy: "Save it as CSV in UTF-8.")
      }
      return text
    }

    private func show(_ report: ImportReport) {
      for fault in report.faults { Output.line("line \(fault.line): \(fault.reason)") }
      let counts = "\(report.added) new, \(report.known) known already, \(report.faults.count) bad"
      Output.line(report.written ? "Imported: \(counts)." : "Nothing was written: \(counts).")
    }
  }
}
