import ArgumentParser
import Foundation
import Manager

/// How a command is given the CA's one-time code.
struct CodeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A file with the CA's one-time code for this manager; '-' reads it from standard input.", valueName: "file"))
  var caCodeFile: String?

  @Option(
    help: ArgumentHelp("The code itself. Other users of this machine see it in the process list.", valueName: "code"))
  var caCode: String?

  func validate() throws {
    guard (caCode == nil) != (caCodeFile == nil) else { throw ValidationError("Give --ca-code-file, or --ca-code.") }
  }

  /// The code as it was given.
  func read() throws(ManagerError) -> String {
    if let caCode { return caCode }
    let file = caCodeFile ?? "-"
    let handle = file == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: file)
    // A code is short; whatever else is in the file is no code.
    guard let handle, let bytes = try? handle.read(upToCount: 1024) else {
      throw ManagerError(
        .unreadableFile, "The file \(file) cannot be read.", remedy: "Write the code into it: 'muster ca code > FILE'.")
    }
    return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

extension ManagerCommand {
  /// `muster manager enrol`: the way back when the CA does not take the manager's certificate any more.
  struct Enrol: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Give the manager a new one-time code for its CA.",
      discussion: """
        Writes DIR/ca-code. A manager that the CA refuses, because its registration authority's certificate was revoked, \
        has expired or is not known there any more, finds it within seconds and enrols with a new key. It need not be \
        restarted.
        """)

    @Option(help: ArgumentHelp("The manager's folder.", valueName: "dir"))
    var dir: String

    @OptionGroup var code: CodeOptions

    func run() async throws {
      try await explainingFailure {
        try ManagerFolder(dir).giveAuthorityCode(try code.read())
        Output.line("The code is in \(dir); the manager uses it when it next needs one.")
      }
    }
  }
}
