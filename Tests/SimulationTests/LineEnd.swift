import CoAPStream
import SerialLink

/// One end of a simulated line: the link, and the messages that wait for it.
struct LineEnd: ~Copyable {
  /// As the micro:bit has it.
  var link: Link<1280>

  init(bootEpoch: UInt32, now: UInt64) {
    link = Link(configuration: LinkConfiguration(maxPayloadBytes: 240), bootEpoch: bootEpoch, now: now)
  }

  mutating func send(_ message: CoAPMessage, now: UInt64) throws {
    let frame = try message.serialized()
    try link.send(frame.span, now: now)
  }

  /// What this end puts on the line now.
  mutating func drain(now: UInt64) -> [UInt8] {
    var all: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 256)
    while true {
      var span = chunk.mutableSpan
      let count = link.transmit(into: &span, now: now)
      if count == 0 { return all }
      all += chunk[..<count]
    }
  }
}
