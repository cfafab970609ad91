import SerialLink

/// How lines are opened and driven.
public struct LineSettings: Sendable {
  /// What our end of each link offers.
  public var link: LinkConfiguration
  /// How long to wait before a closed line is tried again.
  public var backoff: Backoff

  /// - Parameters:
  ///   - link: offers the largest fragment, since a host has the memory; the device's offer decides.
  ///   - backoff: short, since somebody may stand beside the device with the plug in hand.
  public init(
    link: LinkConfiguration = LinkConfiguration(maxPayloadBytes: 240),
    backoff: Backoff = Backoff(floor: .milliseconds(250), ceiling: .seconds(4))
  ) {
    self.link = link
    self.backoff = backoff
  }
}
