import CMbedTLS

/// The memory in which mbedTLS keeps a board's keys in use. (On the host, libmbedcrypto uses malloc.)
public enum CryptoArena {
  /// Gives mbedTLS its memory: `count` words from `start` on, for good. To be called before `PSACryptography` starts.
  public static func use(start: UnsafeMutablePointer<UInt32>, count: Int) {
    arena_use(start, count * 4)
  }

  /// The most that was in use since the start, or since `restartPeak`, in bytes from the arena's start.
  public static var peakBytes: UInt32 { UInt32(arena_peak_bytes()) }

  /// Begins a new measurement of the peak.
  public static func restartPeak() { arena_restart_peak() }
}
