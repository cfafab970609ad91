public import Foundation
import PKI
public import X509

extension MockCA {
  /// Delegates a sub-CA to a network's manager: one that certifies devices in a domain by itself. Needs the anchor's key; works
  /// beside a running CA.
  ///
  /// It may make no further CAs (pathLenConstraint 0), its names stay in the domain (critical nameConstraints), and it certifies
  /// TLS clients only. It is on record like any certificate: ``certificates(directory:_:_:)`` finds it as profile `sub-ca`, and
  /// ``revoke(serialNumber:reason:comment:directory:now:)`` puts it into the anchor's CRL.
  ///
  /// - Parameters:
  ///   - request: the manager's PKCS#10, in DER: CN, and O if it likes, no alternative names.
  ///   - domain: a DNS domain in lower case.
  ///   - days: its life, 1 to 3650; it ends with the anchor's at the latest.
  ///   - directory: the CA's directory.
  ///   - now: the beginning of validity.
  /// - Returns: its certificate.
  /// - Throws: ``MockCAError``: `argument`, `anchorOffline`.
  public static func delegate(
    request: [UInt8], domain: String, days: Int = 5 * 365, directory: String, now: Date
  ) async throws -> Certificate {
    try await CADirectory(directory).delegate(Delegation(request: request, domain: domain, days: days), now: now)
  }
}
