import Foundation
import Synchronization
import TestKit

/// `muster ca run` as a process of its own.
final class RunningCA: Sendable {
  let port: Int
  let statusPort: Int
  private let process: Process

  /// Starts it and waits until it listens.
  init(directory: String) async throws {
    let output = Pipe()
    process = Process()
    process.executableURL = CommandTests.executable
    process.arguments = ["ca", "run", "--dir", directory, "--listen", "localhost:0", "--status-port", "0", "--json"]
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let ports = try await Self.ports(output.fileHandleForReading)
    (port, statusPort) = (ports.est, ports.status)
  }

  /// Takes it away between two of its instructions.
  func kill() {
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  private struct Event: Decodable {
    let event: String
    let address: String?

    var port: Int? { address?.split(separator: ":").last.flatMap { Int($0) } }
  }

  /// The ports that it tells of; then its output is read on and forgotten, so that it never waits for a reader.
  private static func ports(_ output: FileHandle) async throws -> (est: Int, status: Int) {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        var text: [UInt8] = []
        var isWaitedFor = true
        while true {
          let more = output.availableData
          if more.isEmpty { break }
          guard isWaitedFor else { continue }
          text += more
          let events = text.split(separator: 0x0A).compactMap { try? JSONDecoder().decode(Event.self, from: Data($0)) }
          guard let est = events.first(where: { $0.event == "ready" })?.port,
            let status = events.first(where: { $0.event == "status" })?.port
          else { continue }
          isWaitedFor = false
          continuation.resume(returning: (est, status))
        }
        if isWaitedFor { continuation.resume(throwing: Tool.Failure(text: "the CA ended before it listened")) }
      }
    }
  }
}
