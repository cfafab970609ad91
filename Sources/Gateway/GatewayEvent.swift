#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// What a running gateway reports as it happens.
public enum GatewayEvent: Equatable, Sendable {
  /// All lines are being opened and the manager is being called.
  case ready(gateway: String, lines: [LineName], statusSocket: String?)
  /// CoAP over UDP is taken at this address and port.
  case udpListening(String)
  /// A line's terminal or socket is open.
  case lineOpened(LineName)
  /// The device on a line has answered the link's greeting.
  case lineUp(LineName, maxMessageBytes: Int)
  /// The session with the device on a line ended.
  case lineDown(LineName, reason: String)
  /// A line's terminal or socket is gone, or could not be opened.
  case lineClosed(LineName, reason: String, retryAfter: Duration)
  /// The manager has accepted the gateway.
  case managerConnected(ManagerAddress)
  /// The connection to the manager ended, or could not be made.
  case managerDisconnected(ManagerAddress, reason: String, retryAfter: Duration)
  /// The gateway's files hold a renewed certificate, which the next connection proves.
  case identityRenewed(notAfter: Date)
  /// The gateway's files have changed and cannot be used; it goes on with what it has.
  case identityUnusable(reason: String)
  /// The certificate is due and could not be renewed; it is tried again.
  case renewalFailed(reason: String)
  /// The gateway ends.
  case stopped

  /// The event's name in JSON lines; stable.
  public var name: String {
    switch self {
    case .ready: "ready"
    case .udpListening: "udp-listening"
    case .lineOpened: "line-opened"
    case .lineUp: "line-up"
    case .lineDown: "line-down"
    case .lineClosed: "line-closed"
    case .managerConnected: "manager-connected"
    case .managerDisconnected: "manager-disconnected"
    case .identityRenewed: "certificate-renewed"
    case .identityUnusable: "certificate-unusable"
    case .renewalFailed: "renewal-failed"
    case .stopped: "stopped"
    }
  }
}
