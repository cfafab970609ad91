import CoAPStream
import TestKit

/// What the man in the middle does to one message in three.
enum Mischief: String, CaseIterable, Sendable {
  case flip, drop, duplicate, replay, reorder, inject, truncate, delay
}

/// A line that belongs to the attacker: everything passes through his hands. He sees whole messages, since the link under
/// them guards against noise and not against him.
struct HostileWire {
  enum Direction: Sendable { case toManager, toDevice }

  struct Passage {
    let at: UInt64
    let direction: Direction
    let line: Int
    let frame: [UInt8]
  }

  /// Everything that was ever put on the line, as he records it.
  private(set) var capture: [Passage] = []
  private var underway: [Passage] = []
  private var held: [Passage] = []
  private var random: SplitMix
  private let mischief: Mischief?
  /// From when on he lets everything pass, in milliseconds.
  private let until: UInt64
  /// At which line a message to the manager seems to come from, by where it does; for crossing.
  var crossingToManager: [Int: Int] = [:]
  /// Which device gets what is for another.
  var crossingToDevice: [Int: Int] = [:]
  /// He may change or swallow (nil) what passes.
  var tamper: ((Passage) -> [UInt8]?)?

  init(seed: UInt64 = 0, mischief: Mischief? = nil, until: UInt64 = 120_000) {
    random = SplitMix(seed: seed)
    self.mischief = mischief
    self.until = until
  }

  var deadline: UInt64? { underway.map(\.at).min() }

  mutating func send(_ direction: Direction, line: Int, _ frame: [UInt8], now: UInt64) {
    let passage = Passage(at: now + 5, direction: direction, line: line, frame: frame)
    capture.append(passage)
    if let tamper {
      guard let changed = tamper(passage) else { return }
      return underway.append(passage.carrying(changed))
    }
    guard let mischief, now < until, Int.random(in: 0..<3, using: &random) == 0 else { return underway.append(passage) }
    act(mischief, on: passage)
  }

  /// What has arrived by now, in the order of arrival.
  mutating func take(now: UInt64) -> [Passage] {
    let arrived = underway.filter { $0.at <= now }.sorted { $0.at < $1.at }
    underway.removeAll { $0.at <= now }
    return arrived
  }

  private mutating func act(_ mischief: Mischief, on passage: Passage) {
    var frame = passage.frame
    switch mischief {
    case .flip:
      for _ in 0...Int.random(in: 0...2, using: &random) {
        frame[Int.random(in: frame.indices, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      }
      underway.append(passage.carrying(frame))
    case .drop: break
    case .duplicate: underway += [passage, passage.later(by: .random(in: 1...2_000, using: &random))]
    case .replay:
      underway.append(passage)
      let old = capture.filter { $0.direction == passage.direction }
      if let one = old.randomElement(using: &random) {
        underway.append(passage.carrying(one.frame).later(by: .random(in: 1...20_000, using: &random)))
      }
    case .reorder:
      // Held back until the next of its direction has gone ahead.
      if let index = held.firstIndex(where: { $0.direction == passage.direction }) {
        underway += [passage, held.remove(at: index).later(than: passage)]
      } else {
        held.append(passage)
      }
    case .inject:
      underway += [passage, passage.carrying(forgery(after: passage)).later(by: .random(in: 1...500, using: &random))]
    case .truncate:
      underway.append(passage.carrying(Forgery.truncated(frame, using: &random)))
    case .delay: underway.append(passage.later(by: .random(in: 1_000...90_000, using: &random)))
    }
  }

  /// Something that the other side might take for a message: its own making, or a crippled copy of what was seen.
  private mutating func forgery(after passage: Passage) -> [UInt8] {
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return random.bytes(.random(in: 1...80, using: &random))
    case 1: return Forgery.request(passage.direction, uptime: passage.at, using: &random)
    case 2: return Forgery.answer(to: passage.frame, code: .random(in: 0..<4, using: &random))
    default:
      // The header and options of what was seen, over a ciphertext of his own.
      let kept = passage.frame.prefix(Int.random(in: 0...passage.frame.count, using: &random))
      return Array(kept) + random.bytes(passage.frame.count - kept.count)
    }
  }
}

extension HostileWire.Passage {
  func carrying(_ frame: [UInt8]) -> Self { Self(at: at, direction: direction, line: line, frame: frame) }
  func later(by milliseconds: UInt64) -> Self {
    Self(at: at + milliseconds, direction: direction, line: line, frame: frame)
  }
  func later(than other: Self) -> Self { Self(at: other.at + 1, direction: direction, line: line, frame: frame) }
}
