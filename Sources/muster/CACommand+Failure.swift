import ArgumentParser
import Foundation
import MockCA
import PKI

extension CACommand {
  /// The exit statuses of all of its commands.
  static let exitStatuses = """
    Exit status: 0 done; 64 an argument is wrong; 65 the audit table was tampered with; 66 no such CA, file \
    or certificate, or it cannot be read; 70 a fault of this program; 73 it exists already; 74 the database, or one of a newer program; 75 another process runs it; 78 the \
    address cannot be listened on.
    """

  /// Runs `body`; says on standard error what happened and what to try, and ends with the failure's own status.
  static func explainingFailure(_ body: () async throws -> Void) async throws {
    do {
      try await body()
    } catch let error as MockCAError {
      throw explain(error.reason, remedy: error.remedy, status: error.code.exitStatus)
    } catch let error as PKIError {
      throw explain(error.reason, remedy: nil, status: error.code == .fileExists ? 73 : 66)
    } catch let error where !(error is ValidationError || error is ExitCode) {
      throw explain("The CA failed: \(error).", remedy: nil, status: 70)
    }
  }

  static func explain(_ reason: String, remedy: String?, status: Int32) -> ExitCode {
    let lines = "muster: \(reason)\n" + (remedy.map { "  \($0)\n" } ?? "")
    FileHandle.standardError.write(Data(lines.utf8))
    return ExitCode(status)
  }
}
