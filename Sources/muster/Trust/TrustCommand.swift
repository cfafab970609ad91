import ArgumentParser
import Foundation
import PKI
import Trust

/// `muster trust`: the owner's tool for what the network's devices believe.
struct TrustCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trust",
    abstract: "Keep a network's trust root and sign its descriptors.",
    discussion: """
      The root signs who manages the network, who signs its whitelists and who issues its certificates; its key stays \
      offline, with the owner. Devices pin its public half and take every later descriptor from whoever brings it. \
      Exit status: 0 done; 64 usage; 65 a file is not what it should be, or the change does not go with the \
      descriptor; 66 no such file; 73 it exists already or cannot be written; 77 a key that others can read, or a \
      descriptor that this root did not sign.
      """,
    subcommands: [Init.self, Sign.self, Rotate.self, Show.self])
}

extension AsyncParsableCommand {
  /// Runs `body`; says on standard error what is wrong with keys or descriptors and what to try, and ends with the
  /// failure's own status.
  func explainingTrust(_ body: () async throws -> Void) async throws {
    do {
      try await body()
    } catch let error as PKIError {
      Failure.say(error.reason)
      throw ExitCode(error.code.exitStatus)
    } catch let failure as Failure {
      Failure.say(failure.reason, failure.remedy)
      throw ExitCode(failure.status)
    }
  }
}

/// What went wrong with a descriptor, for the terminal.
struct Failure: Error {
  let status: Int32
  let reason: String
  let remedy: String

  /// - Parameter subject: what the descriptor is called in the sentence.
  init(_ error: TrustError, _ subject: String) {
    switch error {
    case .refused(.otherRoot), .refused(.signature):
      status = 77  // EX_NOPERM
      reason = "\(subject) was not signed by this root."
      remedy = "Compare the root's thumbprint with the owner's; if they are the same, somebody changed the file."
    case .refused(let refusal):
      status = 65  // EX_DATAERR
      reason = "\(subject) is none that a device would take: \(refusal) (\(refusal.rawValue))."
      remedy = "docs/spec/trust.md, 'Refusal reasons', says what that means."
    case .cryptography(let error):
      status = 70  // EX_SOFTWARE
      reason = "\(subject) could not be checked: \(error)."
      remedy = "Try again; if it stays so, this program or machine is broken."
    }
  }

  static func say(_ reason: String, _ remedy: String? = nil) {
    FileHandle.standardError.write(Data(("muster: \(reason)\n" + (remedy.map { "  \($0)\n" } ?? "")).utf8))
  }
}

extension PKIError.Code {
  /// As sysexits.h has them; stable.
  var exitStatus: Int32 {
    switch self {
    case .format, .conflict: 65  // EX_DATAERR
    case .file: 66  // EX_NOINPUT
    case .fileExists: 73  // EX_CANTCREAT
    case .tokenModule, .tokenKey, .tokenKeyExtractable: 65  // EX_DATAERR
    case .tokenGone: 75  // EX_TEMPFAIL
    case .keyFilePermissions, .tokenPIN: 77  // EX_NOPERM
    }
  }
}
