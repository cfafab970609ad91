import Foundation

/// How long what is told of certificates' status holds, and how often it is told anew, in seconds.
///
/// Everything is renewed long before it lapses, with nothing new in it too: who cannot get a fresh list cannot tell a CA
/// without revocations from a CA that is cut off.
struct StatusSchedule: Sendable {
  /// The life of a full CRL.
  var fullLifetime: TimeInterval = 7 * 86_400
  /// The life of a delta CRL.
  var deltaLifetime: TimeInterval = 86_400
  /// After how long both are made anew with nothing revoked too.
  var refresh: TimeInterval = 6 * 3_600
  /// The life of an OCSP answer that was signed beforehand, and after how long it is signed anew.
  var answerLifetime: TimeInterval = 86_400
  var answerRefresh: TimeInterval = 12 * 3_600
  /// The life of the anchor's CRL, whose key should be offline, and how long before its end it is made anew where the key is
  /// at hand.
  static let anchorLifetime: TimeInterval = 400 * 86_400
  static let anchorReserve: TimeInterval = 60 * 86_400
}
