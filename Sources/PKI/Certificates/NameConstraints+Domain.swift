import SwiftASN1
import X509

extension NameConstraints {
  /// Names in one domain only (RFC 5280 §4.2.1.10): DNS names that are the domain or under it, URIs of hosts under it, and no IP
  /// addresses at all. A kind of name that is not mentioned would be free.
  init(domain: String) {
    let everyAddress = [4, 16].map { ASN1OctetString(contentBytes: ArraySlice(repeating: 0, count: 2 * $0)) }
    self.init(permittedDNSDomains: [domain], excludedIPRanges: everyAddress, permittedURIDomains: [".\(domain)"])
  }
}
