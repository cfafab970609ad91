#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A list of host names and IP addresses, sorted into what they are in a certificate.
struct SubjectNames: Equatable {
  var dnsNames: [String] = []
  /// 4 or 16 bytes each.
  var ipAddresses: [[UInt8]] = []

  init(_ names: [String]) {
    for name in names {
      if let address = Self.bytes(of: name) { ipAddresses.append(address) } else { dnsNames.append(name.lowercased()) }
    }
  }

  private static func bytes(of name: String) -> [UInt8]? {
    for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
      var bytes = [UInt8](repeating: 0, count: count)
      // inet_pton writes exactly as many bytes as the family's address has.
      if inet_pton(family, name, &bytes) == 1 { return bytes }
    }
    return nil
  }
}
