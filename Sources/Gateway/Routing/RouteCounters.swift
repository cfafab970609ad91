/// What the proxy did with one line's messages, since the gateway started.
public struct RouteCounters: Codable, Equatable, Sendable {
  /// The device's requests that went on to the manager.
  public var requestsToManager: UInt64 = 0
  /// The manager's requests that went on to the device.
  public var requestsToDevice: UInt64 = 0
  /// Requests of either side that the gateway answered itself with an error.
  public var refusals: UInt64 = 0
  /// The manager's requests that the device did not answer in time.
  public var timeouts: UInt64 = 0
  /// Messages from the device that are no CoAP; dropped.
  public var malformed: UInt64 = 0
  /// Answers from the device to nothing that was asked, or too late; dropped.
  public var unmatched: UInt64 = 0

  /// All zero.
  public init() {}
}
