import SerialLink
import Testing

/// Plays one transcript of the vector file: see the file's own words for the notation.
final class TranscriptPlayer {
  private var ends: [Character: Endpoint] = [:]
  private var events: [Character: [String]] = ["a": [], "b": []]
  private var now: UInt64 = 0

  init(head: VectorFile.Line) throws {
    for (name, word) in [(Character("a"), 2), ("b", 4)] {
      let epoch = try #require(UInt32(head.words[word], radix: 16))
      let payloadBytes = try #require(UInt8(head.words[word + 1]))
      let end = Endpoint(epoch: epoch, configuration: LinkConfiguration(maxPayloadBytes: payloadBytes))
      end.onEvent = { [unowned self] in events[name]!.append(Self.name($0)) }
      ends[name] = end
    }
  }

  func play(_ lines: some Sequence<VectorFile.Line>) throws {
    for line in lines { try play(line) }
    #expect(events == ["a": [], "b": []], "events that the transcript does not name")
  }

  private func play(_ line: VectorFile.Line) throws {
    let comment: Comment = "line \(line.number)"
    let first = try #require(line.words[0].first)
    if line.words[0] == "at" {
      now = try #require(UInt64(line.words[1]))
      for end in ends.values { end.advance(now: now) }
    } else if line.words[0] == "to" {
      let end = try #require(ends[Character(String(line.words[1]))])
      end.receive(try line.bytes(2), now: now)
    } else if line.words[0].hasSuffix(":") {
      let next = events[first]!.isEmpty ? "nothing" : events[first]!.removeFirst()
      #expect(next == line.words[1...].joined(separator: " "), comment)
    } else if line.words[0].count == 2 {
      let sent = ends[first]!.transmit(now: now, bufferBytes: 7)
      #expect(hex(sent) == (line.words.count > 1 ? line.words[1] : ""), comment)
      if line.words[0].hasSuffix(">") { ends[first == "a" ? "b" : "a"]!.receive(sent, now: now) }
    } else {
      try act(line, end: try #require(ends[first]))
    }
    for end in ends.values {
      while end.deadline == 0 { end.advance(now: now) }
    }
  }

  private func act(_ line: VectorFile.Line, end: Endpoint) throws {
    switch line.words[1] {
    case "send": try end.send(line.bytes(2), now: now)
    case "busy": end.announceBusy(milliseconds: try #require(UInt16(line.words[2])))
    case "restart": end.reboot(epoch: try #require(UInt32(line.words[2], radix: 16)), now: now)
    default: Issue.record("line \(line.number): unknown action")
    }
  }

  private static func name(_ event: LinkEvent) -> String {
    switch event {
    case .none: "none"
    case .up: "up"
    case .message: "message"
    case .delivered: "delivered"
    case .undelivered(let error): "undelivered \(error)"
    case .down(let error): "down \(error)"
    case .busy(let milliseconds): "busy \(milliseconds)"
    }
  }
}
