import NIOSSL
import SwiftASN1
import X509

/// The name that a manager's certificate must carry.
///
/// TLS libraries take a certificate for the name *or* for the address that was dialled. Whoever was told a name means
/// that name: another host's certificate is another host, also when it happens to list this address.
enum ManagerName {
  /// - Parameter name: a DNS name.
  /// - Throws: `managerUnavailable` when the certificate is not for `name`.
  static func check(_ certificate: NIOSSLCertificate?, isFor name: String) throws(GatewayError) {
    if names(of: certificate).contains(where: { matches($0, name) }) { return }
    throw GatewayError(
      .managerUnavailable, "the manager's certificate is for another name or address (see --manager-name)",
      advice: "Give --manager-name the name in the manager's certificate, if that is the manager you mean.")
  }

  /// Names know no case; a leading `*` stands for exactly one label (RFC 9525 §6.3).
  static func matches(_ pattern: String, _ name: String) -> Bool {
    let pattern = labels(pattern)
    let name = labels(name)
    guard pattern.count == name.count, !name.contains("") else { return false }
    if pattern[0] == "*" { return pattern.count > 2 && pattern.dropFirst() == name.dropFirst() }
    return pattern == name
  }

  private static func labels(_ name: String) -> [Substring] {
    let name = name.lowercased()
    return (name.hasSuffix(".") ? name.dropLast() : name[...]).split(separator: ".", omittingEmptySubsequences: false)
  }

  private static func names(of certificate: NIOSSLCertificate?) -> [String] {
    guard let certificate, let parsed = try? Certificate(derEncoded: certificate.toDERBytes()),
      let alternatives = try? parsed.extensions.subjectAlternativeNames
    else { return [] }
    return alternatives.compactMap { if case .dnsName(let name) = $0 { name } else { nil } }
  }
}
