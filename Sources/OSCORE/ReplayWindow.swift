/// Which of a peer's numbers have been received, and which of them answered (RFC 8613 §7.4).
///
/// A response without a Partial IV of its own uses the nonce of its request, so that may happen once only: the window
/// remembers it beside what it has to remember anyway.
struct ReplayWindow {
  /// How many numbers back one may still come late.
  static let width = 32

  /// One more than the highest number received; 0 while there is none.
  private var next: UInt64 = 0
  /// Bit i: number `next - 1 - i` was received.
  private var received: UInt32 = 0
  /// Bit i: it was answered by its own nonce.
  private var answered: UInt32 = 0

  /// Asks whether a request with this number may be one that was not received yet.
  ///
  /// - Throws: `replayed`, `tooOld`.
  func check(_ number: UInt64) throws(OSCOREError) {
    guard number < self.next else { return }
    guard let bit = self.bit(number) else { throw .tooOld }
    guard self.received & bit == 0 else { throw .replayed }
  }

  /// Takes a number down, once the message proved authentic.
  mutating func accept(_ number: UInt64) {
    if number >= self.next {
      let step = number &- self.next
      // `step` is one less than what the window moves by.
      let isFar = step >= 31
      let shift = isFar ? 0 : UInt32(truncatingIfNeeded: step) + 1
      self.received = isFar ? 0 : self.received &<< shift
      self.answered = isFar ? 0 : self.answered &<< shift
      self.next = number &+ 1
    }
    self.received |= self.bit(number) ?? 0
  }

  /// Whether the nonce of a received request is free for its answer: not a second time, nor for a number that has left
  /// the window.
  func mayAnswer(_ number: UInt64) -> Bool {
    guard let bit = self.bit(number) else { return false }
    return self.received & bit != 0 && self.answered & bit == 0
  }

  /// Takes that nonce.
  mutating func answer(_ number: UInt64) {
    self.answered |= self.bit(number) ?? 0
  }

  /// The number's bit, nil if it is outside the window.
  private func bit(_ number: UInt64) -> UInt32? {
    guard number < self.next else { return nil }
    let distance = self.next &- 1 &- number
    return distance < 32 ? 1 &<< UInt32(truncatingIfNeeded: distance) : nil
  }
}
