import Foundation

/// What the figures depend on beside the program.
enum Machine {
  /// The cores that this process may use, as Linux numbers them, `1` or `0-7`; nil where the system does not say it.
  static var cores: String? { status("Cpus_allowed_list") }

  /// The most memory that this process ever had resident, in MiB; nil where the system does not say it.
  static var peakMemoryMiB: Double? { status("VmHWM").flatMap(Double.init).map { $0 / 1_024 } }

  /// The first word of a line of the process's status.
  private static func status(_ name: String) -> String? {
    let lines = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8))?.split(separator: "\n") ?? []
    let line = lines.first { $0.hasPrefix("\(name):") }
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.map(String.init)
  }
}
