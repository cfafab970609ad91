/// What a gateway is told when it starts.
public struct GatewayConfiguration: Sendable {
  /// Key, certificate and anchors.
  public var identity: GatewayIdentity
  /// Where the manager listens for gateways.
  public var manager: ManagerAddress
  /// The name that the manager's certificate must carry; nil takes it from the address.
  public var managerName: String?
  /// Each name once.
  public var lines: [NamedLine]
  /// CoAP over UDP; nil takes none.
  public var udp: UDPSettings?
  /// Where each line's bytes are written down; nil does not.
  public var traceDirectory: String?
  /// Where the status is served; nil does not.
  public var statusSocket: String?

  /// How every line is opened and driven.
  public var lineSettings = LineSettings()
  /// How much is held for each line, and for how long.
  public var routing = RouterLimits()
  /// How long to wait before the manager is called again.
  public var managerBackoff = Backoff(floor: .milliseconds(500), ceiling: .seconds(30))
  /// How often to look whether the certificate was renewed.
  public var identityCheckInterval = Duration.seconds(30)
  /// How often to look whether the certificate is to be renewed, and to try again when it could not be.
  public var renewalCheckInterval = Duration.seconds(600)
  /// How long to wait for the manager's answer to a device's request: less than the 10 s that a device waits, so that
  /// it hears 5.04 and not nothing (docs/spec/device.md).
  public var managerAnswerTimeout = Duration.seconds(9)

  /// - Throws: `badConfiguration` when there is nothing to serve, when two lines have one name or one place, or
  ///   when a line has a name that endpoints of the UDP side have.
  public init(
    identity: GatewayIdentity, manager: ManagerAddress, managerName: String? = nil, lines: [NamedLine],
    udp: UDPSettings? = nil, traceDirectory: String? = nil, statusSocket: String? = nil
  ) throws(GatewayError) {
    guard !lines.isEmpty || udp != nil else {
      throw GatewayError(
        .badConfiguration, "There is no line.", advice: "Give at least one --line NAME=SPEC, or --udp ADDRESS:PORT.")
    }
    for line in lines where udp != nil && line.name.rawValue.hasPrefix(EndpointKey.linePrefix) {
      throw GatewayError(
        .badConfiguration, "The line \(line.name) has a name like an endpoint's on UDP.",
        advice: "Give it a name that does not begin with \(EndpointKey.linePrefix).")
    }
    var names: Set<LineName> = []
    for line in lines where !names.insert(line.name).inserted {
      throw GatewayError(
        .badConfiguration, "Two lines are called \(line.name).", advice: "Give each line its own name.")
    }
    try Self.refuseSharedPlaces(lines)
    self.identity = identity
    self.manager = manager
    self.managerName = managerName
    self.lines = lines
    self.udp = udp
    self.traceDirectory = traceDirectory
    self.statusSocket = statusSocket
  }

  // Two readers of one terminal or socket each get some of the bytes, and neither line works.
  private static func refuseSharedPlaces(_ lines: [NamedLine]) throws(GatewayError) {
    var places: [String: LineName] = [:]
    for line in lines {
      guard let other = places.updateValue(line.name, forKey: line.specification.place) else { continue }
      throw GatewayError(
        .badConfiguration, "The lines \(other) and \(line.name) are both at \(line.specification.place).",
        advice: "Give each line a terminal or socket of its own.")
    }
  }
}
