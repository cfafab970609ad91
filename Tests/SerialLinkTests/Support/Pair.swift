import SerialLink

/// Two ends on a perfect line without delay, stepped by hand.
final class Pair {
  var now: UInt64 = 0
  let a: Endpoint
  let b: Endpoint

  init(
    a: LinkConfiguration = LinkConfiguration(), b: LinkConfiguration = LinkConfiguration(),
    epochs: (UInt32, UInt32) = (0x1111_1140, 0x2222_2201)
  ) {
    self.a = Endpoint(epoch: epochs.0, configuration: a)
    self.b = Endpoint(epoch: epochs.1, configuration: b)
  }

  /// A pair whose session is up and whose events so far are of no interest.
  static func up(
    a: LinkConfiguration = LinkConfiguration(), b: LinkConfiguration = LinkConfiguration()
  ) -> Pair {
    let pair = Pair(a: a, b: b)
    pair.settle()
    pair.a.forgetEvents()
    pair.b.forgetEvents()
    return pair
  }

  /// Carries bytes both ways until neither end has more to say; time stands still.
  func settle() {
    while true {
      let fromA = a.transmit(now: now)
      let fromB = b.transmit(now: now)
      b.receive(fromA, now: now)
      a.receive(fromB, now: now)
      for end in [a, b] { end.fetchEvents(now: now) }
      if fromA.isEmpty, fromB.isEmpty { return }
    }
  }

  /// Lets one end's timers run while nothing it sends arrives, until it is down; returns the bytes it sent.
  func silence(_ end: Endpoint, upTo limit: UInt64) -> Int {
    var count = 0
    while let deadline = end.deadline, deadline <= limit, end.isUp {
      now = max(now, deadline)
      end.advance(now: now)
      count += end.transmit(now: now).count
    }
    end.fetchEvents(now: now)
    return count
  }
}
