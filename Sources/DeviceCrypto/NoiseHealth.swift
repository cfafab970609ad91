/// Tests a noise source continuously (SP 800-90B, section 4.4). DeviceKit's `EntropyHealth` is one.
public protocol NoiseHealth {
  /// Judges the next sample. Every sample the source gives must pass through here, in order.
  mutating func take(_ sample: UInt8)

  /// Whether the start-up tests are over and nothing has failed.
  var isHealthy: Bool { get }

  /// Whether a test has failed. It stays so until the next power-on.
  var isFailed: Bool { get }
}
