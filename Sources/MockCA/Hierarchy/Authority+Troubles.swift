import Foundation
import GRDB
import PKI
import X509

extension Authority {
  /// What ca.yaml wants done that cannot be done, one sentence each.
  ///
  /// It is no reason not to start: what the CAs have signed needs its status told.
  ///
  /// - Throws: ``MockCAError`` with code `settings` when the CA has ended that signs the server's own certificate.
  func troubles(store: Store, now: Date) async throws -> [String] {
    let add = "'muster ca issuer add' makes another one."
    if primary.certificate.notValidAfter <= now {
      throw MockCAError(
        .settings, "ca.yaml gives the issuing CA \(primary.number) to sign with, which has ended.", remedy: add)
    }
    let numbers = Set([settings.issuer] + settings.profiles.values.map(\.issuer)).sorted()
    let revoked = try await store.reader.read { database in
      try numbers.filter { try database.revocation(ofIssuer: $0) != nil }
    }
    let ended = numbers.filter { number in issuer(number).map { $0.certificate.notValidAfter <= now } ?? false }
    return revoked.map { "ca.yaml gives work to the issuing CA \($0), which is revoked: it is refused. \(add)" }
      + ended.map { "ca.yaml gives work to the issuing CA \($0), which has ended: it is refused. \(add)" }
  }
}
