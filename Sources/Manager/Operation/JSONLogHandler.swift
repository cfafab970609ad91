import Foundation
import Logging

/// Writes each line of the log as one JSON object on standard error: `at`, `level`, `label`, `message`, and what belongs to it.
struct JSONLogHandler: LogHandler {
  var logLevel = Logger.Level.notice
  var metadata: Logger.Metadata = [:]
  private let label: String
  private let write: @Sendable (String) -> Void

  /// - Parameter write: takes a line without its end.
  init(
    label: String,
    write: @escaping @Sendable (String) -> Void = { FileHandle.standardError.write(Data(($0 + "\n").utf8)) }
  ) {
    self.label = label
    self.write = write
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  private struct Line: Encodable {
    let at: Date
    let level: String
    let label: String
    let message: String
    let metadata: [String: String]?
  }

  func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    let line = Line(
      at: Date(), level: event.level.rawValue, label: label, message: "\(event.message)",
      metadata: all.isEmpty ? nil : all.mapValues { "\($0)" })
    // Strings and a date always encode.
    guard let json = try? AdminJSON.encoder.encode(line) else { return }
    write(String(decoding: json, as: UTF8.self))
  }
}
