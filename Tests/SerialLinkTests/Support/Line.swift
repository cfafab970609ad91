import TestKit

/// What a line does to the frames of one direction.
struct Noise {
  var bitErrorRate = 0.0
  var lossRate = 0.0
  var duplicateRate = 0.0
  var truncateRate = 0.0
  var swapRate = 0.0
  var replayRate = 0.0
  var garbageRate = 0.0

  static let none = Noise()
}

/// One direction of a simulated line at 115,200 baud: bytes go in, come out later, and not all of them.
struct LineDirection {
  var noise: Noise
  private var generator: SplitMix
  private var unfinished: [UInt8] = []
  private var queue: [(time: UInt64, bytes: [UInt8])] = []
  private var head = 0
  private var swapped: [UInt8]?
  /// Frames of the past, for replays.
  private var past: [[UInt8]] = []

  init(noise: Noise, seed: UInt64) {
    self.noise = noise
    generator = SplitMix(seed: seed)
  }

  var nextTime: UInt64? { head < queue.count ? queue[head].time : nil }

  mutating func put(_ bytes: [UInt8], now: UInt64) {
    for byte in bytes {
      unfinished.append(byte)
      guard byte == 0 else { continue }
      carry(unfinished, now: now)
      unfinished.removeAll(keepingCapacity: true)
    }
  }

  mutating func take(now: UInt64) -> [UInt8]? {
    guard let time = nextTime, time <= now else { return nil }
    defer {
      head += 1
      if head == queue.count { removeAll() }
    }
    return queue[head].bytes
  }

  mutating func removeAll() {
    queue.removeAll(keepingCapacity: true)
    head = 0
  }

  private mutating func carry(_ frame: [UInt8], now: UInt64) {
    if noise.replayRate > 0, frame.count > 1 { past.append(frame) }
    if generator.happens(noise.lossRate) { return }
    if generator.happens(noise.swapRate), swapped == nil {
      swapped = frame
      return
    }
    var bytes = frame
    if noise.bitErrorRate > 0 { flipBits(&bytes) }
    if generator.happens(noise.truncateRate) { bytes.removeLast(Int.random(in: 1...bytes.count, using: &generator)) }
    deliver(bytes, now: now)
    if generator.happens(noise.duplicateRate) { deliver(bytes, now: now) }
    if generator.happens(noise.replayRate), let old = past.randomElement(using: &generator) { deliver(old, now: now) }
    if generator.happens(noise.garbageRate) {
      let count = Int.random(in: 1...300, using: &generator)
      deliver((0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }, now: now)
    }
    if let late = swapped {
      swapped = nil
      deliver(late, now: now)
    }
  }

  /// One draw a byte: at these rates a second error in one byte does not change the picture.
  private mutating func flipBits(_ bytes: inout [UInt8]) {
    let byteErrorRate = noise.bitErrorRate * 8
    for index in bytes.indices where generator.happens(byteErrorRate) {
      bytes[index] ^= 1 << UInt8.random(in: 0...7, using: &generator)
    }
  }

  private mutating func deliver(_ bytes: [UInt8], now: UInt64) {
    let start = max(now, queue.last?.time ?? 0)
    queue.append((start + UInt64(bytes.count) / 11 + 1, bytes))
  }
}
