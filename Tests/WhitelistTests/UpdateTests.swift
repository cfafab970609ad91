import PKI
import TestKit
import Testing

@testable import Whitelist

@Suite("Which list takes over, by the rules' numbers")
struct UpdateTests {
  private let network = Network()
  private static let now = WhitelistTime(seconds: 1_050_000, origin: .clock, restarts: 0)

  /// What a holder makes of a content: nil when it becomes the list in force, else the refusal.
  private func update(
    _ content: Content, over inForce: WhitelistCounter? = nil, isSameContent: Bool = false,
    at time: WhitelistTime = now, network name: String = "Test network", list: UInt32 = 1, holder: String = "sensor-7",
    thumbprint: [UInt8] = Network.thumbprint
  ) throws -> WhitelistUpdate {
    let bytes = try network.sign(content.encoded)
    let (name, holder) = (Array(name.utf8), Array(holder.utf8))
    return try network.read(bytes).update(
      for: WhitelistHolder(network: name.span, list: list, name: holder.span, thumbprint: thumbprint.span),
      over: inForce, isSameContent: isSameContent, at: time, in: ListBytes(bytes))
  }

  private static func refused(_ refusal: WhitelistRefusal) -> WhitelistError { .refused(refusal) }

  @Test("Rule 9: network, list and holder are the reader's own")
  func holder() throws {
    #expect(try update(Content()) == .newer)
    for other in ["Test Network", "Test networ", "Test network "] {
      #expect(throws: Self.refused(.otherNetwork)) { try update(Content(), network: other) }
    }
    #expect(throws: Self.refused(.otherList)) { try update(Content(), list: 2) }
    #expect(throws: Self.refused(.otherHolder)) { try update(Content(), holder: "sensor-8") }
    // The same name on another device: what makes a list one device's is the key that survives.
    #expect(throws: Self.refused(.otherHolder)) {
      try update(Content(), thumbprint: [UInt8](repeating: 0x49, count: 32))
    }
  }

  @Test("Rule 10: epoch and number rise, the epoch first and by at most 16")
  func counters() throws {
    // The content is epoch 3, number 10.
    for (epoch, number) in [(3, 9), (2, 10), (2, 900), (1, 1)] as [(UInt32, UInt64)] {
      #expect(try update(Content(), over: WhitelistCounter(epoch: epoch, number: number)) == .newer)
    }
    #expect(throws: Self.refused(.lowerNumber)) {
      try update(Content(), over: WhitelistCounter(epoch: 3, number: 11))
    }
    #expect(throws: Self.refused(.lowerEpoch)) { try update(Content(), over: WhitelistCounter(epoch: 4, number: 1)) }
    let inForce = WhitelistCounter(epoch: 1, number: 500)
    #expect(try update(Content().with(5, .uint(17)).with(6, .uint(1)), over: inForce) == .newer)
    #expect(throws: Self.refused(.epochLeap)) { try update(Content().with(5, .uint(18)), over: inForce) }
    #expect(throws: Self.refused(.epochLeap)) { try update(Content().with(5, .uint(4_294_967_295)), over: inForce) }
    #expect(try update(Content().with(5, .uint(4_294_967_295))) == .newer, "the first")
  }

  @Test("Rule 11: the same again is a success, also when it is old; the same number over something else is an alarm")
  func same() throws {
    let inForce = WhitelistCounter(epoch: 3, number: 10)
    let late = WhitelistTime(seconds: 9_000_000, origin: .clock, restarts: 0)
    #expect(try update(Content(), over: inForce, isSameContent: true, at: late) == .same)
    #expect(throws: Self.refused(.sameNumber)) { try update(Content(), over: inForce) }
  }

  @Test("Rule 13: nothing beyond its end or from the future; what is only due is taken")
  func times() throws {
    func at(_ seconds: UInt64, _ origin: WhitelistTime.Origin = .clock) throws -> WhitelistUpdate {
      try update(Content(), at: WhitelistTime(seconds: seconds, origin: origin, restarts: 0))
    }
    #expect(try at(1_199_999) == .newer)
    // A floor proves an end as well as a clock does.
    for origin in [WhitelistTime.Origin.floor, .manager, .clock] {
      #expect(throws: Self.refused(.expired)) { try at(1_200_000, origin) }
    }
    #expect(try at(999_700) == .newer)
    #expect(throws: Self.refused(.notYetValid)) { try at(999_699) }
    #expect(try at(0, .floor) == .newer, "a bound says nothing about the future")
    let counterOnly = Content().with(11, .uint(3))
    #expect(try update(counterOnly, at: WhitelistTime(seconds: 5, origin: .clock, restarts: 0)) == .newer)
  }

  @Test("Rule 14: a list that observes takes a trusted time")
  func observation() throws {
    let content = Content().adding(.uint(16), .uint(1_060_000))
    #expect(try update(content) == .newer)
    #expect(throws: Self.refused(.observationWithoutTime)) {
      try update(content, at: WhitelistTime(seconds: 1_050_000, origin: .floor, restarts: 0))
    }
  }

  @Test("Rule 24: observation ends after this update and not after the next, and counter-only mode has none")
  func observationBounds() throws {
    for until: UInt64 in [0, 1_000_000, 1_100_001, .max] {
      #expect(try network.refusal(of: Content().adding(.uint(16), .uint(until))) == .observation)
    }
    #expect(try network.refusal(of: Content().adding(.uint(16), .uint(1_100_000))) == nil)
    let counterOnly = Content().with(11, .uint(3)).adding(.uint(16), .uint(1_100_000))
    #expect(try network.refusal(of: counterOnly) == .observation)
  }

  @Test("Rule 21: a validity ends after it begins, and counter-only mode has none")
  func validity() throws {
    func content(_ from: UInt64, _ until: UInt64) -> Content {
      Content(entries: [Content.entry(7, .map([(.uint(2), .uint(from)), (.uint(3), .uint(until))]))])
    }
    #expect(try network.refusal(of: content(5, 6)) == nil)
    #expect(try network.refusal(of: content(6, 6)) == .entryValidity)
    #expect(try network.refusal(of: content(5, 6).with(11, .uint(3))) == .entryValidity)
  }

  @Test("What the source cannot read is refused as that, at every read")
  func unreadable() throws {
    let bytes = try network.sign(Content().encoded)
    let signers = network.signers.flatMap(\.self)
    var reads = 0
    while true {
      var cryptography = HostCryptography()
      let source = FailingSource(bytes, reads: reads)
      do throws(WhitelistError) {
        _ = try Whitelist(source, signers: signers.span, with: &cryptography)
        break
      } catch {
        #expect(error == .unreadable)
      }
      reads += 1
    }
    #expect(reads > 8)
  }
}

/// A source that fails after some reads.
private final class FailingSource: WhitelistSource {
  private let list: ListBytes
  private var reads: Int

  init(_ bytes: [UInt8], reads: Int) {
    list = ListBytes(bytes)
    self.reads = reads
  }

  var count: Int { list.count }

  func read(at offset: Int, into bytes: inout MutableSpan<UInt8>) throws(WhitelistSourceFailure) {
    reads -= 1
    if reads < 0 { throw WhitelistSourceFailure() }
    try list.read(at: offset, into: &bytes)
  }
}
