import PKI
import Whitelist

/// What an import makes: devices and rules that are part of a policy, as a file of their own.
public struct PolicyPart: Equatable, Sendable {
  public var devices: [PolicyDevice] = []
  public var rules: [PolicyRule] = []

  public init() {}

  /// As a policy's file, to be given beside the one that names network, issuers and groups.
  public var yaml: String {
    var lines: [String] = []
    if !devices.isEmpty { lines.append("devices:") }
    for device in devices {
      lines.append("  \(Self.quoted(device.name)):")
      lines.append("    labels: \(Self.list(device.labels))")
      if let thumbprint = device.thumbprint { lines.append("    thumbprint: \(Self.quoted(thumbprint.hexadecimal))") }
      lines.append("    maxEntries: \(device.capacity.entries)")
      lines.append("    maxBytes: \(device.capacity.listBytes)")
      lines.append(device.certificates.isEmpty ? "    certificates: []" : "    certificates:")
      for certificate in device.certificates {
        let pin = certificate.pin.map { ", pin: \(Self.quoted($0.hexadecimal))" } ?? ""
        let number = Self.quoted(certificate.serialNumber.hexadecimal)
        lines.append("      - {issuer: \(Self.quoted(certificate.issuer)), serialNumber: \(number)\(pin)}")
      }
    }
    if !rules.isEmpty { lines.append("rules:") }
    for rule in rules {
      lines.append("  - name: \(Self.quoted(rule.name))")
      lines.append("    from: \(Self.list(rule.from.map(\.text)))")
      lines.append("    to: \(Self.list(rule.to.map(\.text)))")
      guard let use = rule.use else { continue }
      lines.append("    protocols: \(use.protocols.map { Self.list($0.map(PolicyWords.name)) } ?? "any")")
      lines.append("    transports: \(use.transports.map { Self.list($0.map(PolicyWords.name)) } ?? "any")")
      lines.append("    ports: \(use.ports.map { Self.list($0.map(PolicyWords.name)) } ?? "any")")
      if let least = use.leastTLSVersion { lines.append("    leastTLS: \"1.\(least)\"") }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func list(_ words: [String]) -> String { "[\(words.map(quoted).joined(separator: ", "))]" }

  /// Double-quoted, with every character that is not plain escaped: nothing in a table becomes YAML.
  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x22, 0x5C: quoted += "\\\(scalar)"
      case 0x20...0x7E: quoted.unicodeScalars.append(scalar)
      default:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
      }
    }
    return quoted + "\""
  }
}
