import COSE
import CoAP
import CoAPStream
import DeviceCrypto
import DeviceKit
import OSCORE
import Testing

// As the boards have it.
extension EntropyHealth: NoiseHealth {}

@Suite("A random number generator that fails, or is constant")
struct RandomnessTests {
  /// Noise as a board delivers it: nothing, always the same, or alternating.
  struct BrokenNoise: NoiseSource, ~Copyable {
    static var minEntropyBitsPerSample: UInt8 { 4 }
    let pattern: [UInt8]
    private var index = 0

    init(_ pattern: [UInt8]) { self.pattern = pattern }

    mutating func next() -> UInt8? {
      guard !pattern.isEmpty else { return nil }
      index += 1
      return pattern[index % pattern.count]
    }
  }

  @Test("A device that loses its entropy sends nothing and begins no session, and goes on by itself once it is back")
  func failing() async throws {
    try await Story.tell { story in
      let device = story.devices[0]
      device.keys.hasNoEntropy = true
      try await story.run(until: 120_000)
      #expect(story.wire.capture.isEmpty && !device.hasSession)
      #expect((5...10).contains(device.keys.refusals), "\(device.keys.refusals) tries in 120 s")
      device.keys.hasNoEntropy = false
      try await story.run()
      #expect(story.isEnrolled)
      let isSound = try await story.violations().isEmpty
      #expect(isSound)
    }
  }

  @Test(
    "Without entropy no identity key is made, though there is a session; the manager gets the reason and comes back")
  func failingLater() async throws {
    try await Story.tell { story in
      let device = story.devices[0]
      // The session is there, the certification request is not.
      try await story.run(until: 20)
      #expect(!story.manager.beliefs.isEmpty && device.identity == nil)
      device.keys.hasNoEntropy = true
      try await story.run(until: 60_000)
      #expect(device.identity == nil && !device.beliefs.isEmpty)
      let certificates = try await story.manager.certificates(of: device.serialNumber)
      #expect(certificates.isEmpty)
      device.keys.hasNoEntropy = false
      try await story.run()
      #expect(story.isEnrolled)
      let isSound = try await story.violations().isEmpty
      #expect(isSound)
    }
  }

  @Test("A device that never had any makes no key, and nobody learns who it is")
  func never() async throws {
    let keys = AttackCryptography.Table()
    keys.hasNoEntropy = true
    let device = try AttackedDevice("AT-0001", keys: keys)
    #expect(device.bootstrap.isEmpty && keys.changes == 0)
    device.receive(try CoAPMessage.request(.get, "id").serialized(), now: 0)
    let answer = try CoAPMessage(parsing: try #require(device.outbox.first))
    #expect(answer.code == .serviceUnavailable)
  }

  @Test(
    "Whatever draws from constant noise gets an error and zeros", arguments: [[], [0x00], [0xFF], [0xA5]] as [[UInt8]])
  func constant(pattern: [UInt8]) throws {
    var noise = ConditionedNoise(source: BrokenNoise(pattern), health: EntropyHealth(limits: .fourBitsPerByte))
    var bytes = [UInt8](repeating: 0x77, count: 32)
    var span = bytes.mutableSpan
    var failure: CryptoError?
    do throws(CryptoError) { try noise.random(into: &span) } catch { failure = error }
    #expect(failure == .noEntropy)
    #expect(bytes == [UInt8](repeating: 0, count: 32))
  }

  @Test("Ephemeral keys that repeat are what such a generator would lead to: the same message 1 twice")
  func weakened() throws {
    func message1(_ weaknesses: Set<Weakness>) throws -> [UInt8] {
      var crypto = AttackCryptography(weaknesses)
      var session = EDHOCInitiator(try ConnectionIdentifier(array: [1]))
      var bytes = [UInt8](repeating: 0, count: 256)
      var span = bytes.mutableSpan
      let count = try session.writeMessage1(into: &span, with: &crypto)
      return Array(bytes.prefix(count))
    }
    #expect(try message1([]) != message1([]))
    #expect(try message1([.constantRandomness]) == message1([.constantRandomness]))
  }
}
