import ArgumentParser
import Foundation
import Gateway

extension AsyncParsableCommand {
  /// Runs `body`; says on standard error why it failed and what to try, and exits with the failure's own code.
  func reportingFailure(_ body: () async throws -> Void) async throws {
    do {
      try await body()
    } catch let error as GatewayError {
      FileHandle.standardError.write(Data("muster: \(error.reason)\n  \(error.advice)\n".utf8))
      throw ExitCode(error.code.exitCode)
    }
  }
}

extension GatewayError.Code {
  /// As sysexits.h has them; stable.
  var exitCode: Int32 {
    switch self {
    case .badConfiguration: 64
    case .badIdentity: 66
    case .lineUnavailable, .noAnswer, .managerUnavailable, .notRunning: 69
    case .refusedByDevice: 76
    case .cannotWrite: 73
    case .inUse: 75
    }
  }
}
