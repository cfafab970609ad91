#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// What a running gateway says about itself: its manager, its lines, and what it counted.
public struct GatewayStatus: Codable, Equatable, Sendable {
  /// The gateway's name.
  public var gateway: String
  /// When it was started.
  public var startedAt: Date
  /// When the gateway's certificate expires.
  public var certificateNotAfter: Date
  /// The connection to the manager.
  public var manager: ManagerStatus
  /// In the order of the configuration.
  public var lines: [LineStatus]
  /// The UDP side; nil when there is none.
  public var udp: UDPStatus?

  /// The UDP side.
  public struct UDPStatus: Codable, Equatable, Sendable {
    /// Where it listens.
    public var address: String
    /// Endpoints that can be called now.
    public var endpoints: Int
    /// Those of them that have shown that they are where they say.
    public var verified: Int
    /// What it counted.
    public var counters: UDPCounters
  }

  /// The connection to the manager.
  public struct ManagerStatus: Codable, Equatable, Sendable {
    /// As the command line has it.
    public var address: String
    /// Whether the manager has accepted the gateway.
    public var isConnected: Bool
    /// When it last connected or disconnected; nil when it never did.
    public var since: Date?
    /// Connections made since the start.
    public var connections: Int
    /// Why the last attempt or connection ended; nil when none has.
    public var lastFailure: String?
  }

  /// One line.
  public struct LineStatus: Codable, Equatable, Sendable {
    /// Its name.
    public var name: String
    /// As the command line has it.
    public var specification: String
    /// How far it is.
    public var state: State
    /// When it came into this state.
    public var since: Date
    /// Why the line was last closed or its session last ended; nil when it never did.
    public var lastFailure: String?
    /// Requests waiting for the device or with it.
    public var requestsInProgress: Int
    /// What the link counted.
    public var link: LineCounters
    /// What the proxy counted.
    public var proxy: RouteCounters

    /// How far a line is.
    public enum State: String, Codable, Sendable {
      /// Not open; the gateway keeps trying.
      case closed
      /// Open; the device has not answered yet.
      case open
      /// The device is there.
      case up
    }
  }

  /// One line of JSON, dates in ISO 8601.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.dateEncodingStrategy = .iso8601
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  init(json: [UInt8]) throws {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    self = try decoder.decode(Self.self, from: Data(json))
  }

  init(
    gateway: String, startedAt: Date, certificateNotAfter: Date, manager: ManagerStatus, lines: [LineStatus],
    udp: UDPStatus? = nil
  ) {
    self.gateway = gateway
    self.startedAt = startedAt
    self.certificateNotAfter = certificateNotAfter
    self.manager = manager
    self.lines = lines
    self.udp = udp
  }
}
