import SwiftASN1
import X509

/// The names a request may ask for beside its subject: DNS names and IP addresses.
struct AlternativeNames {
  var dnsNames: [String] = []
  var ipAddresses: [[UInt8]] = []

  init() {}

  init(_ names: SubjectAlternativeNames) throws(CertificationRequestRefusal) {
    guard (1...PKILimits.alternativeNames).contains(names.count) else { throw .alternativeNameInvalid }
    for name in names {
      switch name {
      case .dnsName(let name) where Self.isHostName(name):
        dnsNames.append(name)
      case .ipAddress(let address) where address.bytes.count == 4 || address.bytes.count == 16:
        ipAddresses.append(Array(address.bytes))
      default:
        throw .alternativeNameInvalid
      }
    }
  }

  /// Letters, digits and hyphens in labels of 1 to 63, 253 in all (RFC 1123 §2.1). Lower case only, so that two spellings
  /// of one name cannot be two names; no wildcards. The last label is no number: resolvers take such a name for an IPv4
  /// address, and this is how one would get past the rules for addresses (RFC 3696 §2, RFC 1123 §2.1).
  static func isHostName(_ name: String) -> Bool {
    guard (1...253).contains(name.utf8.count) else { return false }
    let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return labels.last.map(isNumber) == false
      && labels.allSatisfy { label in
        (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
          && label.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
              || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
          }
      }
  }

  /// Decimal or hexadecimal, as a resolver reads a part of an IPv4 address.
  private static func isNumber(_ label: Substring.UTF8View) -> Bool {
    if label.starts(with: "0x".utf8) { return Substring(label.dropFirst(2)).allSatisfy(\.isHexDigit) }
    return label.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
}
