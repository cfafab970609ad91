import Foundation
import OSCORE
import PKI

/// A handshake between message 2 and message 3. Whoever is on the other side has proved nothing yet.
final class PendingHandshake {
  var responder = EDHOCResponder()
  var crypto: HostCryptography
  /// Where message 1 came from; message 3 must come from there too.
  let route: Route
  /// When message 1 came.
  let since: Date

  init(over route: Route, since: Date, crypto: HostCryptography) {
    self.route = route
    self.since = since
    self.crypto = crypto
  }

  /// Whether ephemeral key and secrets are gone.
  private(set) var isEnded = false

  /// Forgets the ephemeral key and the secrets. Ending twice is harmless.
  func end() {
    responder.end(with: &crypto)
    isEnded = true
  }
}
