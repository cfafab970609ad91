import PKI
import Policy
import Whitelist

/// A plant of cells of 51 devices, each of which may talk to the 50 others of its cell, by two rules that overlap.
enum Plant {
  static func policy(devices: Int) -> Policy {
    var policy = Policy(network: "plant")
    policy.issuers["ca"] = .init(name: [UInt8](repeating: 1, count: 32), key: [UInt8](repeating: 2, count: 32))
    for index in 0..<devices {
      policy.devices.append(
        PolicyDevice(
          "device-\(index)", thumbprint: [UInt8](repeating: UInt8(index & 255), count: 32), labels: [cell(index)],
          certificates: [.init(issuer: "ca", serialNumber: serialNumber(index))]))
    }
    for number in 0..<(devices + 50) / 51 {
      let cell = [PolicySelector.label("cell-\(number)")]
      policy.rules.append(
        PolicyRule(
          "readings \(number)", from: cell, to: cell, use: .init(nil, [.coap], over: [.oscore], ports: [5684...5684])))
      policy.rules.append(
        PolicyRule(
          "files \(number)", from: cell, to: cell, use: .init(nil, [.coap], over: [.oscore], ports: [5683...5684])))
    }
    return policy
  }

  static func cell(_ index: Int) -> String { "cell-\(index / 51)" }

  /// 20 bytes, as a certification authority draws them.
  static func serialNumber(_ index: Int) -> [UInt8] {
    [0x40] + withUnsafeBytes(of: UInt64(index) &* 0x9E37_79B9_7F4A_7C15) { Array($0) }
      + [UInt8](repeating: 7, count: 11)
  }
}
