/// Hands bytes to a line no faster than it carries them.
///
/// What lies in a driver's buffer is on its way as the link sees it: its timers would run while the bytes still wait, and
/// it would send again what was never lost. And a socket has no speed at all, but the device behind it has a receive
/// ring of some 100 bytes. 8N1: ten bits a byte. Time is passed in, in microseconds of any clock that never goes back.
struct LinePacer {
  /// Bytes to hand over at a time: 5 ms of the line, and not so many that a small ring overflows at usual speeds.
  let chunkBytes: Int

  private let baud: UInt64
  private var freeAt: UInt64 = 0

  /// How far ahead of the line bytes are handed over, so that it never idles for a timer's coarseness.
  private static let aheadMicroseconds: UInt64 = 2_000

  /// - Parameter baud: bits per second; more than zero.
  init(baud: Int) {
    self.baud = UInt64(baud)
    self.chunkBytes = min(max(baud / 2_000, 16), 1_024)
  }

  /// How long to wait, in microseconds, before the next chunk; 0 when the line takes one now.
  func delay(now: UInt64) -> UInt64 {
    freeAt > now + Self.aheadMicroseconds ? freeAt - now - Self.aheadMicroseconds : 0
  }

  /// Bytes were handed over.
  mutating func sent(_ bytes: Int, now: UInt64) {
    freeAt = max(freeAt, now) + (UInt64(bytes) * 10_000_000 + baud - 1) / baud  // rounded up: never too fast
  }
}
