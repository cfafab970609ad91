/// Why a message or a session failed. The raw values are stable and may be logged or sent.
public enum LinkError: UInt8, Error, Equatable, Sendable {
  /// Local: there is no session with the peer yet. Wait for ``LinkEvent/up``.
  case notUp = 1
  /// Local: the message before is not yet acknowledged. Wait for ``LinkEvent/delivered``.
  case outstanding = 2
  /// Local: a message has at least one byte.
  case empty = 3
  /// Local: the message is longer than ``Link/maxMessageBytes``, what this session carries.
  case tooLong = 4
  /// Environment: the peer did not answer ``LinkConfiguration/retryLimit`` times in a row, or was busy for too long.
  case timedOut = 5
  /// Peer: it restarted, or gave up the session.
  case peerRestarted = 6
  /// Peer: it speaks no version of the link that this end speaks.
  case noCommonVersion = 7
}
