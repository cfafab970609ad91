import Foundation
import Subprocess
import SystemPackage

/// A child process that runs until it is told to stop; its events go to a log, every line to a file.
public actor Program {
  public nonisolated let name: String
  private let executable: String
  private let arguments: [String]
  private let events: EventLog
  private let logPath: String
  private let record: PIDRecord
  private var running: Task<String, Never>?
  private var pid: pid_t?

  /// - Parameters:
  ///   - logPath: a file that gets everything the program prints, run after run.
  ///   - record: where the process id is noted, so that a later demonstration can clear up after one that was killed.
  public init(
    _ name: String, executable: String, arguments: [String], events: EventLog, logPath: String, record: PIDRecord
  ) {
    self.name = name
    self.executable = executable
    self.arguments = arguments
    self.events = events
    self.logPath = logPath
    self.record = record
  }

  public var isRunning: Bool { pid != nil }

  /// Starts the program and returns once it runs.
  ///
  /// - Throws: `DemoError` when it cannot be started at all.
  public func start() async throws {
    precondition(running == nil, "\(name) runs already")
    let (started, signal) = AsyncStream.makeStream(of: pid_t.self)
    let log = try LogFile(path: logPath)
    let name = name, executable = executable, arguments = arguments, events = events
    running = Task {
      do {
        let result = try await Subprocess.run(
          .path(FilePath(executable)), arguments: Arguments(arguments), input: .none, output: .sequence,
          error: .combinedWithOutput
        ) { execution in
          signal.yield(execution.processIdentifier.value)
          signal.finish()
          for try await line in execution.standardOutput.strings() {
            let line = line.hasSuffix("\n") ? String(line.dropLast()) : line
            log.write(line)
            if let event = Event(line: line, source: name) { await events.append(event) }
          }
        }
        signal.finish()
        return "\(result.terminationStatus)"
      } catch {
        signal.finish()
        log.write("\(error)")
        return "\(error)"
      }
    }
    for await pid in started { self.pid = pid }
    guard let pid else {
      let why = await running?.value ?? "unknown"
      running = nil
      throw DemoError("\(name) could not be started: \(why)", hint: "its output is in \(logPath)")
    }
    record.add(pid)
  }

  /// Sends a signal that does not end the program.
  public func send(_ signal: Int32) {
    if let pid { kill(pid, signal) }
  }

  /// Ends the program by a signal and waits until it is gone; nothing happens when it does not run.
  public func stop(_ signal: Int32 = SIGTERM) async {
    guard let pid, let running else { return }
    kill(pid, signal)
    let grace = Task {
      try await Task.sleep(for: .seconds(5))
      kill(pid, SIGKILL)
    }
    _ = await running.value
    grace.cancel()
    record.remove(pid)
    self.pid = nil
    self.running = nil
  }

  /// What it said when it ended by itself; waits for that.
  public func ended() async -> String {
    await running?.value ?? "not running"
  }
}
