#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Adds up the processor time of this thread: what else runs on the machine does not count.
struct Stopwatch {
  private(set) var microseconds = 0.0

  /// Adds what passed since `start`.
  mutating func add(since start: Double) { self.microseconds += Self.now() - start }

  /// Microseconds of processor time.
  static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
  }
}
