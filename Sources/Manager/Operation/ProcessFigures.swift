import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// What the kernel says of this process (proc(5)), under the names that Prometheus's own libraries use.
struct ProcessFigures {
  /// Time on processors, in user and kernel mode, in seconds.
  var processorSeconds: Double
  /// Memory in RAM, in bytes.
  var residentBytes: Double
  /// Open file descriptors.
  var openFiles: Int

  /// - Returns: nil where there is no `/proc`.
  static func read() -> ProcessFigures? {
    guard let status = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
      // The second field is the program's name in parentheses, in which anything may stand.
      let end = status.lastIndex(of: ")"),
      let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
    else { return nil }
    // From the third field on: utime is the 14th, stime the 15th, rss the 24th.
    let fields = status[status.index(after: end)...].split(separator: " ")
    guard fields.count > 21, let user = Double(fields[11]), let kernel = Double(fields[12]),
      let pages = Double(fields[21])
    else { return nil }
    return ProcessFigures(
      processorSeconds: (user + kernel) / Double(sysconf(Int32(_SC_CLK_TCK))),
      residentBytes: pages * Double(sysconf(Int32(_SC_PAGESIZE))), openFiles: files.count)
  }
}
