import Foundation
import Subprocess
import SystemPackage

/// A program that is run once for what it prints.
public enum Command {
  public struct Output: Sendable {
    public var status: Int32
    public var standardOutput: [UInt8]
    public var standardError: String

    public var text: String { String(decoding: standardOutput, as: UTF8.self) }
  }

  /// Runs a program to its end, whatever its exit status.
  public static func run(_ executable: String, _ arguments: [String]) async throws -> Output {
    let result = try await Subprocess.run(
      executable.contains("/") ? .path(FilePath(executable)) : .name(executable), arguments: Arguments(arguments),
      input: .none, output: .bytes(limit: 1 << 22), error: .string(limit: 1 << 16))
    let status: Int32 =
      switch result.terminationStatus {
      case .exited(let code): code
      case .signaled(let signal): 128 + signal
      }
    return Output(
      status: status, standardOutput: result.standardOutput, standardError: result.standardError ?? "")
  }

  /// Runs a program that has to succeed.
  ///
  /// - Throws: `DemoError` with what it said, when its exit status is not 0.
  @discardableResult
  public static func demand(_ executable: String, _ arguments: [String]) async throws -> Output {
    let output = try await run(executable, arguments)
    guard output.status == 0 else {
      let said = output.standardError.isEmpty ? output.text : output.standardError
      throw DemoError(
        "\((executable as NSString).lastPathComponent) \(arguments.joined(separator: " ")) ended with status "
          + "\(output.status): \(said.trimmingCharacters(in: .whitespacesAndNewlines))")
    }
    return output
  }
}
