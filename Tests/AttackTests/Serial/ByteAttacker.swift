import TestKit

/// The attacker of bytes between two terminals: he does his mischief to one frame in three, now as noise does it and now
/// as somebody who knows the link and mends the checksum.
struct ByteAttacker {
  private struct Burst {
    let at: UInt64
    let direction: HostileWire.Direction
    let bytes: [UInt8]
  }
  /// What he keeps for each direction.
  private struct Side {
    /// Of the frame that is coming.
    var partial: [UInt8] = []
    /// Frames that he recorded, without delimiters.
    var seen: [[UInt8]] = []
    var held: [UInt8]?
    /// The number of the message he saw last.
    var message: UInt8 = 0
  }

  private let mischief: Mischief
  /// From when on he lets everything pass, in milliseconds.
  private let until: UInt64
  private var random: SplitMix
  private var sides: [HostileWire.Direction: Side] = [.toManager: Side(), .toDevice: Side()]
  private var underway: [Burst] = []

  init(seed: UInt64, mischief: Mischief, until: UInt64) {
    self.mischief = mischief
    self.until = until
    random = SplitMix(seed: seed)
  }

  /// Takes what came in at one end.
  mutating func take(_ bytes: [UInt8], _ direction: HostileWire.Direction, now: UInt64) {
    for byte in bytes {
      guard byte == 0 else {
        sides[direction]?.partial.append(byte)
        continue
      }
      let frame = sides[direction]?.partial ?? []
      sides[direction]?.partial = []
      pass(frame, direction, now: now)
    }
  }

  /// What comes out at the other end by now.
  mutating func release(_ direction: HostileWire.Direction, now: UInt64) -> [UInt8] {
    let due = underway.filter { $0.direction == direction && $0.at <= now }
    underway.removeAll { $0.direction == direction && $0.at <= now }
    return due.flatMap(\.bytes)
  }

  private mutating func pass(_ frame: [UInt8], _ direction: HostileWire.Direction, now: UInt64) {
    let parsed = LineFrame(encoded: frame)
    if let parsed, parsed.carriesFragment {
      sides[direction]?.message = parsed.message
      sides[direction]?.seen.append(frame)
    }
    guard now < until, !frame.isEmpty, Int.random(in: 0..<3, using: &random) == 0 else {
      if now >= until, let held = sides[direction]?.held {
        sides[direction]?.held = nil
        put(held + [0], direction, now)
      }
      return put(frame + [0], direction, now)
    }
    act(on: frame, parsed, direction, now: now)
  }

  private mutating func put(_ bytes: [UInt8], _ direction: HostileWire.Direction, _ at: UInt64) {
    underway.append(Burst(at: at, direction: direction, bytes: bytes))
  }

  private mutating func act(
    on frame: [UInt8], _ parsed: LineFrame?, _ direction: HostileWire.Direction, now: UInt64
  ) {
    // What he mends, the link believes; the rest is noise to it.
    let knowing = Bool.random(using: &random) ? parsed : nil
    switch mischief {
    case .flip: put(flipped(frame, knowing), direction, now)
    case .truncate: put(truncated(frame, knowing), direction, now)
    case .drop: if let rest = thinned(frame) { put(rest, direction, now) }
    case .duplicate:
      put(frame + [0], direction, now)
      put(renumbered(frame, knowing, direction), direction, now + .random(in: 0...300, using: &random))
    case .replay:
      put(frame + [0], direction, now)
      guard let old = sides[direction]?.seen.randomElement(using: &random) else { return }
      let known = knowing == nil ? nil : LineFrame(encoded: old)
      put(renumbered(old, known, direction), direction, now + .random(in: 0...3_000, using: &random))
    case .reorder:
      guard let held = sides[direction]?.held else {
        sides[direction]?.held = frame
        return
      }
      sides[direction]?.held = nil
      put(frame + [0] + held + [0], direction, now)
    case .inject:
      put(frame + [0] + forged(knowing, direction, now: now), direction, now)
    case .delay: put(frame + [0], direction, now + .random(in: 200...12_000, using: &random))
    }
  }

  private mutating func flipped(_ frame: [UInt8], _ knowing: LineFrame?) -> [UInt8] {
    if var knowing, !knowing.payload.isEmpty {
      knowing.payload[.random(in: knowing.payload.indices, using: &random)] ^=
        1 << UInt8.random(in: 0..<8, using: &random)
      return knowing.encoded
    }
    var frame = frame
    frame[.random(in: frame.indices, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    return frame + [0]
  }

  private mutating func truncated(_ frame: [UInt8], _ knowing: LineFrame?) -> [UInt8] {
    if var knowing, knowing.isWhole {
      knowing.payload = Forgery.truncated(knowing.payload, using: &random)
      return knowing.encoded
    }
    return Array(frame.prefix(.random(in: 0..<frame.count, using: &random))) + [0]
  }

  /// Nothing at all, or a frame that lacks some bytes, its delimiter among them.
  private mutating func thinned(_ frame: [UInt8]) -> [UInt8]? {
    guard Bool.random(using: &random) else { return nil }
    return (frame + [0]).filter { _ in Int.random(in: 0..<8, using: &random) > 0 }
  }

  /// The same message as if it were the next one, or the frame as it was.
  private mutating func renumbered(
    _ frame: [UInt8], _ knowing: LineFrame?, _ direction: HostileWire.Direction
  ) -> [UInt8] {
    guard var knowing, knowing.isWhole, let last = sides[direction]?.message else { return frame + [0] }
    knowing.message = last &+ 1
    return knowing.encoded
  }

  /// A message of his own as the next one, or garbage.
  private mutating func forged(_ knowing: LineFrame?, _ direction: HostileWire.Direction, now: UInt64) -> [UInt8] {
    guard var knowing, knowing.isWhole, let last = sides[direction]?.message else {
      return random.bytes(.random(in: 1...80, using: &random))
    }
    knowing.message = last &+ 1
    knowing.payload =
      Bool.random(using: &random)
      ? Forgery.request(direction, uptime: now, using: &random)
      : Forgery.answer(to: knowing.payload, code: .random(in: 0..<4, using: &random))
    return knowing.encoded
  }
}
