import Foundation

/// The names under which a client on this machine, or on its network, reaches a listener.
struct ServerNames {
  var dnsNames = ["localhost"]
  var ipAddresses: [[UInt8]] = [[127, 0, 0, 1], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]]

  /// - Parameter host: what the listener was told to listen on.
  init(host: String) {
    if let address = Self.address(host) {
      if address.contains(where: { $0 != 0 }), !ipAddresses.contains(address) { ipAddresses.append(address) }
    } else if !dnsNames.contains(host.lowercased()) {
      dnsNames.append(host.lowercased())
    }
  }

  private static func address(_ text: String) -> [UInt8]? {
    var v4 = in_addr()
    if inet_pton(AF_INET, text, &v4) == 1 { return withUnsafeBytes(of: &v4, Array.init) }
    var v6 = in6_addr()
    if inet_pton(AF_INET6, text, &v6) == 1 { return withUnsafeBytes(of: &v6, Array.init) }
    return nil
  }
}
