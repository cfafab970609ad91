import Edge

/// Which datagrams are looked at at all: a limit for each address, one for all strangers together, and one for the rest.
///
/// Strangers have a limit of their own, so that a flood of forged addresses does not silence those who are known.
struct AdmissionControl {
  private let perAddress: RateLimit
  private var strangers: TokenBucket
  private var known: TokenBucket
  private var addresses: [AddressKey: TokenBucket] = [:]
  /// When each was last heard, the one silent for longest first.
  private var silence = DeadlineQueue<AddressKey>()
  private let capacity: Int

  /// - Parameter capacity: addresses whose rate is remembered; the one silent for longest makes room.
  init(_ settings: UDPSettings, capacity: Int = 2_048, now: UInt64) {
    perAddress = settings.perAddress
    strangers = TokenBucket(settings.strangers, now: now)
    known = TokenBucket(settings.known, now: now)
    self.capacity = capacity
  }

  mutating func admit(_ address: AddressKey, isKnown: Bool, now: UInt64) -> Bool {
    // The address's own limit counts first: what it refuses is not taken from the others' share. An address never seen
    // before has none yet, and a flood of those must be cheap to refuse.
    defer { silence.set(address, addresses[address]?.lastUse) }
    if addresses[address] != nil {
      guard addresses[address]?.take(now: now) == true else { return false }
      return isKnown ? known.take(now: now) : strangers.take(now: now)
    }
    guard isKnown ? known.take(now: now) : strangers.take(now: now), makeRoom(now: now) else { return false }
    var bucket = TokenBucket(perAddress, now: now)
    defer { addresses[address] = bucket }
    return bucket.take(now: now)
  }

  // Only a bucket that has been idle for long enough to be full again is dropped, for it means nothing any more. A flood from
  // more addresses than that ends here and not in the memory.
  private mutating func makeRoom(now: UInt64) -> Bool {
    guard addresses.count >= capacity else { return true }
    let idle = UInt64(1_000 * perAddress.burst / perAddress.perSecond)
    guard let oldest = silence.first, now - min(now, oldest.deadline) >= idle else { return false }
    addresses[oldest.key] = nil
    silence.set(oldest.key, nil)
    return true
  }
}
