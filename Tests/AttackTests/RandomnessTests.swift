import COSE
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

  @Test("A device without entropy sends nothing, makes no key, and says why at each of its tries")
  func failing() throws {
    let authority = try Authority()
    let manager = try ModelManager(Party(), authority: authority)
    let device = try ModelDevice("AT-0001", manager: manager.party, authority: authority)
    manager.know(device)
    device.crypto.hasNoEntropy = true
    var story = Story(manager, [device])
    try story.run(until: 120_000)
    #expect(story.wire.capture.isEmpty && device.sessions == 0)
    #expect((5...10).contains(device.troubles.count))
    #expect(Set(device.troubles) == ["\(EDHOCError.cryptography(.noEntropy))"])
    // With entropy back it goes on by itself.
    device.crypto.hasNoEntropy = false
    try story.run()
    #expect(story.isEnrolled && story.violations.isEmpty)
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
      return try written(capacity: 256) { try session.writeMessage1(into: &$0, with: &crypto) }
    }
    #expect(try message1([]) != message1([]))
    #expect(try message1([.constantRandomness]) == message1([.constantRandomness]))
  }
}
